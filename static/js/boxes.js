// Owns Send on the report page: the report is sealed and kept on the phone first, and sent then. A
// small copy of each photo goes with it; the untouched photo follows in parts. Nobody opens a box on
// the phone, since its key is made for each part and forgotten (disc/core/vault/boxes.py).

const CHUNK = 256 * 1024;
const SMALL_BYTES = 250_000;
const SIDES = [1600, 1280, 960, 640];
const GRADES = [0.82, 0.7, 0.55];
const UNREADABLE = /hei[cf]/i;
const LONGEST_WORDS = 10_000;
const SAVED = "Saved on this phone. It will send when you are online.";
const SENT = "Your report was sent. Thank you. Your manager reads it next.";
const NOT_SENT = "Saved on this phone, but not sent.";
const NOT_HERE = "This browser cannot save reports. Send when you are online.";
const TOO_OLD = "This page is too old to save a report. Your words are still here. Send when you are online.";
const HOUR_MS = 3_600_000;
const FRESH_MS = HOUR_MS;
const STAMP_LASTS_MS = 8 * 24 * HOUR_MS; // disc/boxes/rules.py
const SPARE_MS = 24 * HOUR_MS; // by so much a stamp outlives the seven days of a box
const RENEW_PATIENCE_MS = 5_000;
const RENEWED = ["keyId", "public", "stamp", "now"];
const KIND_FIRST = "Choose what happened.";
const TOO_LARGE = "This photo file is too large. Choose another one.";
const TOO_LONG = "Use at most 10,000 characters.";

const text = new TextEncoder();
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0));
const isHex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {...(Uint8Array | ArrayBuffer)} pieces
 * @returns {Uint8Array} */
function joined(...pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole;
}

/** Seals one part. ``pair`` is the phone's key for it, made here unless known answers are wanted.
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} plain
 * @param {string} context
 * @param {CryptoKeyPair | undefined} pair
 * @returns {Promise<Uint8Array>} */
export async function seal(publicKey, plain, context, pair) {
  const { subtle } = crypto;
  const ours = pair ?? await subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  const theirs = await subtle.importKey("raw", publicKey, { name: "X25519" }, false, []);
  const point = new Uint8Array(await subtle.exportKey("raw", ours.publicKey));
  const shared = await subtle.deriveBits({ name: "X25519", public: theirs }, ours.privateKey, 256);
  const bound = text.encode(`box|1|${context}`);
  const root = await subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: joined(point, publicKey), info: bound };
  const made = new Uint8Array(await subtle.deriveBits(derivation, root, 44 * 8));
  const key = await subtle.importKey("raw", made.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const cipher = { name: "AES-GCM", iv: made.slice(32), additionalData: bound };
  return joined(Uint8Array.of(1), point, await subtle.encrypt(cipher, key, plain));
}

/** Says whether this browser can seal at all. */
export async function canSeal() {
  try {
    await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
    return "indexedDB" in globalThis;
  } catch {
    return false;
  }
}

// Photos. The copy is small enough for a poor signal; the original is not touched.

/** @param {File} file
 * @returns {Promise<Blob | null>} The file itself where it is small; null where it cannot be read. */
async function smallCopy(file) {
  if (file.size <= SMALL_BYTES) return file;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  try {
    for (const side of SIDES) {
      const share = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
      const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * share)), Math.max(1, Math.round(bitmap.height * share)));
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      for (const quality of GRADES) {
        const copy = await canvas.convertToBlob({ type: "image/jpeg", quality });
        if (copy.size <= SMALL_BYTES) return copy;
      }
    }
  } finally {
    bitmap.close();
  }
  return null;
}

/** @typedef {{field: string, file: File, small: Blob | null}} Photo */

/** @param {FormData} data
 * @returns {Promise<Photo[]>} */
async function photosOf(data) {
  const photos = [];
  for (const [field, file] of data.entries()) {
    if (file instanceof File && file.size > 0) photos.push({ field, file, small: await smallCopy(file) });
  }
  return photos;
}

/** @param {Photo} photo */
async function describe({ field, file, small }) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return { field, name: file.name, size: file.size, sha256: isHex(digest), small: small?.size ?? 0, whole: small === file };
}

/** Packs the first part: a length, JSON, then the small copies.
 * @param {DOMStringMap} offer
 * @param {FormData} data
 * @param {Photo[]} photos */
async function pack(offer, data, photos) {
  const told = {
    stamp: offer.stamp,
    fields: [...data.entries()].filter(([name, value]) => typeof value === "string" && name !== "csrf_token"),
    saved_at: Date.now(),
    clock_off: Math.round(Number(offer.now) - loadedAt),
    photos: await Promise.all(photos.map(describe)),
  };
  const head = text.encode(JSON.stringify(told));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  const copies = await Promise.all(photos.map(({ small }) => small?.arrayBuffer() ?? new ArrayBuffer(0)));
  return joined(length, head, ...copies);
}

/** When the stamp came, by the phone's clock: the server's is beside it in the page. */
let loadedAt = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);

/** Takes the key and the stamp of a new page where those of this one are an hour old, so that what is
 * sealed now is still taken a week later. Of another member's page, or without signal, nothing is taken.
 * @param {HTMLFormElement} form */
async function renew(form) {
  if (Date.now() - loadedAt < FRESH_MS || !navigator.onLine) return;
  const response = await fetch(form.action, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(RENEW_PATIENCE_MS) });
  const at = Date.now();
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("form[data-public]");
  if (fresh?.dataset.draftHalf !== form.dataset.draftHalf) return;
  for (const name of RENEWED) form.dataset[name] = fresh.dataset[name];
  loadedAt = at;
}

/** When a box counts as made: one with an old stamp is not told to last longer than its stamp. */
const made = () => Math.min(Date.now(), loadedAt + SPARE_MS);

/** Seals a form and keeps it on the phone.
 * @param {HTMLFormElement} form
 * @param {FormData} data
 * @param {Photo[]} photos
 * @returns {Promise<string>} */
async function keep(form, data, photos) {
  const offer = form.dataset;
  const id = data.get("submission_id");
  const publicKey = bytesOf(offer.public);
  const sealed = [];
  const add = async (plain) => sealed.push(await seal(publicKey, plain, `${offer.scheme}|${offer.keyId}|${id}|${sealed.length}`));
  await add(await pack(offer, data, photos));
  for (const { file, small } of photos) {
    if (small === file) continue;
    for (let at = 0; at < file.size; at += CHUNK) await add(await file.slice(at, at + CHUNK).arrayBuffer());
  }
  await boxSending.keep({ id, stamp: offer.stamp, key: offer.keyId, made: made() }, sealed);
  return id;
}

// The page. What the server would ask back is asked here, where it cannot be reached.

/** @param {HTMLFormElement} form
 * @returns {string | null} */
function lacking(form) {
  const radios = form.querySelectorAll('input[type="radio"][required], [data-required] input[type="radio"]');
  const kinds = radios.length > 0 ? radios : form.querySelectorAll('input[name="kind"]');
  if (kinds.length > 0 && ![...kinds].some((one) => one.checked)) return KIND_FIRST;
  const isLong = [...form.querySelectorAll("textarea")].some((area) => area.value.length > LONGEST_WORDS);
  return isLong ? TOO_LONG : null;
}

/** Shows what became of the report in the place of its form.
 * @param {HTMLFormElement} form
 * @param {string} id */
function showSaved(form, id) {
  const panel = document.createElement("div");
  panel.className = "saved-box";
  const flash = document.createElement("div");
  flash.setAttribute("role", "status");
  flash.tabIndex = -1;
  const words = document.createElement("p");
  flash.append(words);
  const ways = document.createElement("p");
  ways.className = "button-row";
  const another = document.createElement("button");
  another.type = "button";
  another.className = "govuk-button govuk-button--secondary";
  another.textContent = "Write another report";
  const mine = Object.assign(document.createElement("a"), { href: "/my-reports", textContent: "My reports" });
  ways.append(another, mine);
  panel.append(flash, ways);
  const say = (tone, sentence, isSent = false) => {
    flash.className = `flash flash--${tone}`;
    words.textContent = sentence;
    mine.hidden = !isSent;
  };
  say("info", SAVED);
  form.hidden = true;
  form.before(panel);
  flash.focus();
  const check = async () => {
    const waiting = (await boxSending.list()).find((box) => box.id === id);
    if (!waiting || waiting.sent > 0) say("ok", SENT, true);
    else if (waiting.problem) say("warn", `${NOT_SENT} ${waiting.problem}`);
    else say("info", SAVED);
  };
  document.addEventListener("boxes:changed", check);
  check();
  another.addEventListener("click", () => {
    document.removeEventListener("boxes:changed", check);
    panel.remove();
    startAnew(form);
  });
}

/** @param {HTMLFormElement} form */
function startAnew(form) {
  form.reset();
  form.elements.submission_id.value = crypto.randomUUID();
  const now = new Date(Date.now() + Number(form.dataset.now) - loadedAt);
  const local = now.toLocaleString("sv-SE", { timeZone: "Europe/London" }).slice(0, 16).replace(" ", "T");
  for (const field of form.querySelectorAll('input[type="datetime-local"]')) field.value = local;
  for (const input of form.querySelectorAll('input[type="file"]')) input.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("form:free", { bubbles: true }));
  form.hidden = false;
  form.querySelector("input:not([type=hidden])")?.focus();
}

async function whenSignalComes() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("boxes");
}

/** Sends a form by a box.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @param {{plain: () => void, complain: (sentence: string) => void, show: (address: string) => void}} page */
export async function sendByBox(form, submitter, page) {
  const { plain, complain } = page;
  const problem = navigator.onLine ? null : lacking(form);
  if (problem) return complain(problem);
  await renew(form).catch(() => undefined);
  const isOld = Date.now() - loadedAt >= STAMP_LASTS_MS;
  if (isOld) return navigator.onLine ? plain() : complain(TOO_OLD);
  const data = new FormData(form, submitter);
  const photos = await photosOf(data);
  // What is no picture to this browser may be none: while there is signal, the server says so now.
  const isLarge = photos.some(({ file }) => file.size > Number(form.dataset.mostBytes));
  if (isLarge && !navigator.onLine) return complain(TOO_LARGE);
  const isDoubtful = isLarge || photos.some(({ file, small }) => !small && !UNREADABLE.test(file.type + file.name));
  if ((isDoubtful && navigator.onLine) || !(await canSeal())) return plain();
  const id = await keep(form, data, photos);
  form.dispatchEvent(new Event("report:kept"));
  const callWorker = () => whenSignalComes().catch(() => undefined);
  if (!navigator.onLine) {
    callWorker();
    return showSaved(form, id);
  }
  // The worker would take the report and not show it to its writer: it hears of it once it must wait.
  return follow(form, id, page, await boxSending.sendNow(id, callWorker));
}

/** @param {HTMLFormElement} form
 * @param {string} id
 * @param {{plain: () => void, complain: (sentence: string) => void, show: (address: string) => void}} page
 * @param {{status: number, told: any} | null} answer */
async function follow(form, id, { plain, complain, show }, answer) {
  if (answer === null || answer.status === 429 || answer.status >= 500) {
    showSaved(form, id);
    boxSending.keepSending();
  } else if (answer.status < 300) {
    if (answer.told.signed_in) show(answer.told.report);
    else showSaved(form, id);
    boxSending.keepSending();
  } else if (answer.status === 422) {
    await boxSending.drop(id); // the form is still here, and the page says what to put right
    await boxSending.tell();
    form.dispatchEvent(new Event("report:back"));
    plain();
  } else {
    complain(answer.told.title);
  }
}

/** Says before anything is written that this browser keeps nothing.
 * @param {HTMLFormElement} form */
export async function start(form) {
  await import(document.getElementById("waiting-strip").dataset.src);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && renew(form).catch(() => undefined));
  if (await canSeal()) return;
  const words = document.createElement("p");
  words.className = "meta";
  words.textContent = NOT_HERE;
  (form.querySelector(".send-bar") ?? form).before(words);
}
