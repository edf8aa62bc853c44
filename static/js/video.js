// Owns videos on their way: in pieces, with a pause, and on again where they stopped.

const ENDS = 65_536;
const AGAIN_MS = [1000, 3000, 10_000, 30_000];
const SIGNED_OUT = "You are signed out. Sign in on a new tab, then go on here.";
const STOPPED = "It stopped. We try again.";
const FAILED = "It did not send. Choose it again.";

/** What the server says of one upload.
 * @typedef {{id: string, upload_id: string, name: string, size: number, piece_bytes: number, pieces: number,
 *   next: number, received: number, finished: boolean, has_report: boolean}} State */

/** Uploads of this page by their number; they go on when another page is shown in its place.
 * @type {Map<string, Upload>} */
const uploads = new Map();

/** @param {string} path @param {RequestInit} options */
async function ask(path, options = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  const headers = { Accept: "application/json", "X-CSRFToken": token, "X-Device-Time": new Date().toISOString() };
  return fetch(path, { ...options, headers: { ...headers, ...options.headers } });
}

/** @param {string} path @param {object} told */
const tell = (path, told) =>
  ask(path, { method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json" } });

/** The same file gets the same number, so that it goes on after the page was loaded again.
 * @param {File} file
 * @returns {Promise<string>} */
async function numberOf(file) {
  const ends = [file.slice(0, ENDS), file.slice(Math.max(0, file.size - ENDS))];
  const said = new TextEncoder().encode(`${file.size}|${file.name}|`);
  const whole = await new Blob([said, ...ends]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole)).slice(0, 16);
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** @param {Response} answer */
async function refusal(answer) {
  if (answer.status === 401) return SIGNED_OUT;
  const told = await answer.json().catch(() => ({}));
  return told.title ?? FAILED;
}

/** One file on its way. */
class Upload {
  /** @param {State} state
   * @param {File | null} file */
  constructor(state, file) {
    Object.assign(this, { state, file, said: "", running: false, tries: 0, timer: 0, row: null });
  }

  async run() {
    if (this.running || !this.file || this.state.finished) return;
    clearTimeout(this.timer);
    this.running = true;
    this.say("");
    try {
      while (this.running && this.state.next < this.state.pieces) await this.sendPiece();
      if (this.running) await this.finish();
    } catch {
      this.wait();
    }
    this.draw();
  }

  async sendPiece() {
    const { id, next, piece_bytes: length } = this.state;
    const body = this.file.slice(next * length, (next + 1) * length);
    const answer = await ask(`/evidence/videos/${id}/pieces/${next}`, {
      method: "PUT", body, headers: { "Content-Type": "application/octet-stream" },
    });
    if (answer.ok || answer.status === 409) {
      this.learn(await answer.json());
      return;
    }
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    this.stop(await refusal(answer), answer.status === 422 || answer.status === 404);
  }

  async finish() {
    const answer = await ask(`/evidence/videos/${this.state.id}/finish`, { method: "POST" });
    if (answer.ok) {
      this.learn(await answer.json());
      this.running = false;
      this.say("Video sent.");
      sessionStorage.removeItem(this.state.upload_id);
    } else if (answer.status >= 500) throw new Error("later");
    else this.stop(await refusal(answer), answer.status === 422);
  }

  /** @param {State} state */
  learn(state) {
    this.state = state;
    this.tries = 0;
    this.draw();
  }

  /** @param {string} sentence
   * @param {boolean} isGone */
  stop(sentence, isGone = false) {
    this.running = false;
    clearTimeout(this.timer);
    if (isGone) this.file = null;
    this.say(sentence);
  }

  wait() {
    this.running = false;
    this.say(STOPPED);
    this.timer = setTimeout(() => this.run(), AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)]);
    this.tries += 1;
  }

  async remove() {
    this.stop("");
    await ask(`/evidence/videos/${this.state.id}/give-up`, { method: "POST" }).catch(() => null);
    uploads.delete(this.state.id);
    this.row?.remove();
    this.row = null;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.said = sentence;
    const told = document.querySelector("[data-video-said]");
    if (told && sentence) told.textContent = sentence;
    this.draw();
  }

  draw() {
    if (this.row) drawRow(this);
  }
}

// The list: a row has a name, how much is sent, and what can be done.

/** @param {string} label
 * @param {() => void} act */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "govuk-button govuk-button--secondary";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/** @param {Upload} upload @param {Element} holder */
function makeRow(upload, holder) {
  const row = document.createElement("li");
  row.className = "video__row";
  row.innerHTML = '<span class="video__name"></span><progress max="100"></progress><span class="video__said"></span><span class="button-row"></span>';
  row.querySelector(".video__name").textContent = upload.state.name;
  row.querySelector("progress").setAttribute("aria-label", `How much of ${upload.state.name} is sent`);
  const list = holder.querySelector("[data-video-list]");
  list.append(row);
  list.hidden = false;
  upload.row = row;
  drawRow(upload);
}

/** @param {Upload} upload */
function actsOf(upload) {
  const { state, running, file } = upload;
  const found = [];
  if (!state.finished && file) {
    found.push(running ? button("Pause", () => upload.stop("Paused.")) : button("Go on", () => upload.run()));
  }
  const submission = submissionOf(upload.row);
  if (state.finished && submission && !upload.isChosen) {
    found.push(button("Add to this report", () => use(upload, submission)));
  }
  const isSent = state.has_report || upload.row.closest("[data-incident]");
  if (!state.finished || !isSent) found.push(button("Remove", () => upload.remove()));
  return found;
}

/** @param {Upload} upload */
function drawRow(upload) {
  const { state, row } = upload;
  const part = Math.floor((100 * state.received) / state.size);
  row.querySelector("progress").value = state.finished ? 100 : part;
  const megabytes = (state.size / 1_000_000).toFixed(1);
  const waits = upload.file ? "" : " Choose it again to go on.";
  const words = state.finished ? `Sent, ${megabytes} MB` : `${part}% of ${megabytes} MB sent.${upload.said ? ` ${upload.said}` : waits}`;
  row.querySelector(".video__said").textContent = words;
  const acts = row.querySelector(".button-row");
  const wanted = actsOf(upload);
  const [now, next] = [[...acts.children], wanted].map((each) => each.map((one) => one.textContent).join("|"));
  if (now !== next) acts.replaceChildren(...wanted);
}

/** @param {Upload} upload
 * @param {string} submission */
async function use(upload, submission) {
  const answer = await tell(`/evidence/videos/${upload.state.id}/use`, { submission_id: submission }).catch(() => null);
  upload.isChosen = Boolean(answer?.ok);
  upload.say(upload.isChosen ? "Added to this report." : FAILED);
}

/** The number of the report that is being written on this page.
 * @param {Element | null} inside */
function submissionOf(inside) {
  return inside?.closest("form")?.querySelector('input[name="submission_id"]')?.value ?? "";
}

/** @param {Element} holder
 * @param {File} file */
async function choose(holder, file) {
  const said = holder.querySelector("[data-video-said]");
  try {
    const upload_id = await numberOf(file);
    const report = holder.dataset.incident
      ? { incident_id: holder.dataset.incident }
      : { submission_id: submissionOf(holder) };
    const goes_on = sessionStorage.getItem(upload_id) !== null;
    const answer = await tell("/evidence/videos", { upload_id, size: file.size, name: file.name, goes_on, ...report });
    if (!answer.ok) throw new Error(await refusal(answer));
    start(holder, await answer.json(), file);
  } catch (error) {
    complain(holder, error instanceof TypeError ? FAILED : error.message);
    said.textContent = "";
  }
}

/** @param {Element} holder
 * @param {State} state
 * @param {File} file */
function start(holder, state, file) {
  sessionStorage.setItem(state.upload_id, state.id);
  const upload = uploads.get(state.id) ?? new Upload(state, file);
  Object.assign(upload, { state, file, isChosen: true });
  uploads.set(state.id, upload);
  if (!upload.row?.isConnected) makeRow(upload, holder);
  upload.draw();
  offerFrame(holder, upload.row, file);
  upload.run();
}

/** @param {Element} holder
 * @param {Element} row
 * @param {File} file */
async function offerFrame(holder, row, file) {
  const pictures = holder.closest("form")?.querySelector('input[type="file"][name="pictures"]');
  if (!pictures || row.querySelector(".video__frame")) return;
  const { frameOf } = await import(holder.dataset.frameSrc);
  row.append(frameOf(file, pictures));
}

/** @param {Element} holder @param {string} sentence */
function complain(holder, sentence) {
  let words = holder.querySelector(".govuk-error-message");
  if (!words) {
    words = document.createElement("p");
    words.className = "govuk-error-message";
    words.setAttribute("role", "alert");
    holder.querySelector("[data-video-input]").before(words);
  }
  words.textContent = sentence;
}

/** Shows what is on its way, and what an earlier page of this sign-in left.
 * @param {Element} holder */
async function showKnown(holder) {
  for (const upload of uploads.values()) makeRow(upload, holder);
  const named = holder.dataset.incident ? `?incident=${holder.dataset.incident}` : "";
  const answer = await ask(`/evidence/uploads${named}`).catch(() => null);
  const told = answer?.ok ? await answer.json() : { uploads: [] };
  for (const state of told.uploads) {
    if (uploads.has(state.id)) continue;
    const upload = new Upload(state, null);
    uploads.set(state.id, upload);
    makeRow(upload, holder);
  }
}

/** @param {ParentNode} root */
function prepare(root) {
  for (const holder of root.querySelectorAll("[data-video]")) {
    for (const part of holder.querySelectorAll("[data-needs-js]")) part.hidden = false;
    const input = holder.querySelector("[data-video-input]");
    const take = () => {
      holder.querySelector(".govuk-error-message")?.remove();
      if (input.files.length > 0) choose(holder, input.files[0]);
      input.value = "";
    };
    input.addEventListener("change", take);
    if (input.files.length > 0) take(); // chosen while this came
    showKnown(holder);
  }
}

globalThis.addEventListener("online", () => uploads.forEach((upload) => upload.timer && upload.run()));
document.addEventListener("content:swapped", ({ target }) => prepare(target));
prepare(document);
