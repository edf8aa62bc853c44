// Owns the draft of a report: what is written and the chosen photos, kept encrypted in this browser
// from each change to Send. Its key is made of two halves: one in the browser that no script can
// read, one in the page of the member who wrote it. So nobody else's page opens it.

const IDLE_MS = 30 * 60_000;
const WAIT_MS = 250;
const LEFT_OUT = new Set(["csrf_token", "known"]); // a page shows the faces that it was given

const text = new TextEncoder();
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0));

/** @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>} */
const asked = (request) => new Promise((resolve, reject) => {
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
});

/** @param {string} name
 * @returns {Promise<IDBDatabase>} */
async function open(name) {
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("items"));
  const database = await asked(request);
  database.addEventListener("versionchange", () => database.close()); // it is being forgotten
  return database;
}

/** @template T
 * @param {string} name
 * @param {IDBTransactionMode} mode
 * @param {(items: IDBObjectStore) => T} work
 * @returns {Promise<Awaited<T>>} */
async function within(name, mode, work) {
  const database = await open(name);
  try {
    const transaction = database.transaction("items", mode);
    const done = new Promise((resolve, reject) => {
      transaction.addEventListener("complete", resolve);
      transaction.addEventListener("abort", () => reject(transaction.error));
    });
    const result = work(transaction.objectStore("items"));
    await done;
    return await result;
  } finally {
    database.close();
  }
}

function forget() {
  localStorage.removeItem("draft");
  indexedDB.deleteDatabase("draft");
}

/** The draft of one form. */
class Draft {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.half = bytesOf(form.dataset.draftHalf);
    this.files = new Map();
    this.turn = Promise.resolve();
    this.timer = 0;
    this.isKept = false; // sealed in its box: what the form still shows is no draft
  }

  /** Returns the key, of the browser's half and the page's.
   * @param {boolean} isNew */
  async key(isNew) {
    let half = await within("draft", "readonly", (items) => asked(items.get("half")));
    if (!half && isNew) {
      const made = crypto.getRandomValues(new Uint8Array(32));
      half = await crypto.subtle.importKey("raw", made, "HKDF", false, ["deriveKey"]);
      made.fill(0);
      await within("draft", "readwrite", (items) => items.put(half, "half"));
    }
    if (!half) return null;
    const derivation = { name: "HKDF", hash: "SHA-256", salt: this.half, info: text.encode("draft|1") };
    return crypto.subtle.deriveKey(derivation, half, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  /** One save after another: the last one written is the newest. */
  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.isKept) return this.turn;
    this.turn = this.turn.then(() => this.write()).catch(() => undefined);
    return this.turn;
  }

  saveSoon() {
    this.isKept = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT_MS);
  }

  async write() {
    localStorage.setItem("draft", String(Date.now())); // for every page, which lets it die (app.js)
    const key = await this.key(true);
    const fields = [];
    const files = new Map();
    for (const [name, value] of new FormData(this.form).entries()) {
      if (typeof value === "string" && !LEFT_OUT.has(name)) fields.push([name, value]);
      if (value instanceof File && value.size > 0) files.set(value, this.files.get(value) ?? await this.seal(key, name, value));
    }
    const told = await this.encrypt(key, text.encode(JSON.stringify(fields)));
    await within("draft", "readwrite", (items) => {
      items.put({ ...told, at: Date.now() }, "fields");
      items.put([...files.values()], "files");
    });
    this.files = files;
  }

  async seal(key, field, file) {
    const about = await this.encrypt(key, text.encode(JSON.stringify({ field, name: file.name, type: file.type })));
    return { about, body: await this.encrypt(key, await file.arrayBuffer()) };
  }

  async encrypt(key, plain) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
  }

  /** Puts a draft back into the form; one that this member's page does not open is forgotten. */
  async restore() {
    const key = await this.key(false);
    const [told, files] = await within("draft", "readonly", (items) => Promise.all(["fields", "files"].map((name) => asked(items.get(name)))));
    if (!key || !told) return;
    if (Date.now() - told.at > IDLE_MS) {
      forget();
      return;
    }
    try {
      const fields = JSON.parse(await textOf(key, told));
      const opened = await Promise.all((files ?? []).map((one) => fileOf(key, one)));
      fill(this.form, fields);
      addFiles(this.form, opened);
      this.form.dispatchEvent(new CustomEvent("draft:restored"));
    } catch {
      forget();
    }
  }

  async drop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.isKept = true;
    await this.turn;
    this.files = new Map();
    forget();
  }
}

/** @param {CryptoKey} key
 * @param {{iv: Uint8Array, sealed: ArrayBuffer}} one */
const opened = (key, { iv, sealed }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);

async function textOf(key, one) {
  return new TextDecoder().decode(await opened(key, one));
}

async function fileOf(key, { about, body }) {
  const { field, name, type } = JSON.parse(await textOf(key, about));
  return { field, file: new File([await opened(key, body)], name, { type }) };
}

/** Whether somebody answered a field already, and so was quicker than the draft.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} field */
function isAnswered(form, field) {
  if (field instanceof HTMLSelectElement) return field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type !== "radio") return field.value !== field.defaultValue;
  return [...form.querySelectorAll(`input[name="${CSS.escape(field.name)}"]`)].some((one) => one.checked !== one.defaultChecked);
}

/** @param {HTMLFormElement} form
 * @param {[string, string][]} fields */
function fill(form, fields) {
  const kept = new Set([...form.elements].filter((field) => field.name && isAnswered(form, field)));
  const typed = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : grouped(fields);
  for (const field of form.elements) {
    if (!field.name || field.type === "file" || field.type === "submit" || LEFT_OUT.has(field.name) || kept.has(field)) continue;
    const values = (typed.get(field.name) ?? []).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length > 0) field.value = values[0];
  }
}

function grouped(fields) {
  const found = new Map();
  for (const pair of fields) found.set(pair[0], [...(found.get(pair[0]) ?? []), pair]);
  return found;
}

/** @param {HTMLFormElement} form
 * @param {{field: string, file: File}[]} files */
function addFiles(form, files) {
  for (const input of form.querySelectorAll('input[type="file"]')) {
    const mine = files.filter(({ field }) => field === input.name);
    if (mine.length === 0) continue;
    const chosen = new DataTransfer();
    for (const file of [...input.files, ...mine.map((one) => one.file)]) chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Takes the photos that came by the share sheet (service-worker.js).
 * @param {HTMLFormElement} form */
async function takeShared(form) {
  if (!new URLSearchParams(location.search).has("shared")) return;
  const shared = await within("shared", "readonly", (items) => asked(items.get("photos")));
  const input = form.querySelector('input[type="file"]');
  if (shared && input && Date.now() - shared.at < IDLE_MS) {
    const bodies = await Promise.all(shared.photos.map((one) => opened(shared.key, one)));
    addFiles(form, bodies.map((body, at) => ({ field: input.name, file: new File([body], `photo-${at + 1}`, { type: shared.photos[at].type }) })));
  }
  indexedDB.deleteDatabase("shared");
  history.replaceState(history.state, "", location.pathname);
}

/** Keeps a draft of a form from now on, after what waited was put back.
 * @param {HTMLFormElement} form */
export async function start(form) {
  const draft = new Draft(form);
  await draft.restore();
  form.addEventListener("input", () => draft.saveSoon());
  form.addEventListener("change", () => {
    draft.isKept = false;
    draft.save();
  });
  // A camera may take so much memory that the page is gone when it closes.
  form.addEventListener("click", ({ target }) => target.type === "file" && draft.save());
  form.addEventListener("report:kept", () => draft.drop());
  form.addEventListener("report:back", () => draft.saveSoon());
  addEventListener("pagehide", () => draft.timer && draft.save());
  await takeShared(form);
}
