// Owns the report page: steps in turn on a phone, questions that matter, previews, sending with progress.

const NUMBER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PHONE = "(max-width: 47.99em)";
const CALM = "(prefers-reduced-motion: reduce)";
const SIGNED_OUT = "You are signed out. Your words are still here. Sign in on a new tab, then come back.";
const FAILED = "It did not send. Your words and photos are still here. Check your signal, then send again.";

// Steps. Without this script the page is one long form; with it a phone shows one more step at a time.

/** @param {HTMLFormElement} form */
function startSteps(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const bar = form.querySelector(".send-bar");
  const isShort = matchMedia(PHONE).matches && steps.length > 1 && form.dataset.steps !== "all" && !document.querySelector(".govuk-error-summary");
  if (!isShort || !bar) return;
  const next = nextButton(bar);
  const enough = steps.findIndex((step) => "enough" in step.dataset);
  // An answer that came before this script did opened nothing: what it leads to is open too.
  const reached = () => {
    const last = steps.findLastIndex(isAnswered);
    return 1 + last + (steps[last]?.dataset.jump === undefined ? 0 : 1);
  };
  let shown = reached();
  const draw = () => {
    for (const [index, step] of steps.entries()) step.hidden = index >= shown;
    const isLast = shown >= steps.length;
    next.row.hidden = isLast;
    const mayWait = !isLast && (enough < 0 || shown <= enough);
    bar.querySelector('[type="submit"]').hidden = mayWait;
    next.button.classList.toggle("govuk-button--secondary", !mayWait);
    next.count.textContent = `Step ${shown} of ${steps.length}`;
  };
  const more = (from) => {
    if (from !== shown - 1 || shown >= steps.length) return;
    shown += 1;
    draw();
    steps[shown - 1].scrollIntoView({ block: "start", behavior: matchMedia(CALM).matches ? "instant" : "smooth" });
  };
  shown = Math.max(1, shown);
  next.button.addEventListener("click", () => {
    more(shown - 1);
    focusFirst(steps[shown - 1]);
  });
  const stepOf = (element) => steps.indexOf(element.closest("[data-step]"));
  form.addEventListener("click", (event) => {
    // A real tap on a tile has a position; the arrow keys send a click without one.
    if (event.detail === 0 || !event.target.matches('[data-jump] input[type="radio"]')) return;
    more(stepOf(event.target));
  });
  form.addEventListener("photos:drawn", ({ target, detail }) => {
    if (detail.length > 0) more(stepOf(target));
  });
  // Whoever answers needs no Next: what comes below is there to scroll to.
  form.addEventListener("change", ({ target }) => {
    if (target.closest("[data-jump]") || stepOf(target) !== shown - 1 || shown >= steps.length) return;
    shown += 1;
    draw();
  });
  form.addEventListener("draft:restored", () => {
    shown = Math.max(shown, reached());
    draw();
  });
  form.addEventListener("invalid", () => {
    shown = steps.length;
    draw();
  }, true);
  draw();
}

/** @param {Element} step */
function isAnswered(step) {
  return [...step.querySelectorAll("input, textarea")].some((field) =>
    field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked : field.type !== "hidden" && field.value !== field.defaultValue);
}

/** @param {Element} bar */
function nextButton(bar) {
  const row = document.createElement("div");
  row.className = "button-row step-next";
  const count = document.createElement("span");
  count.className = "meta";
  count.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--large";
  button.textContent = "Next";
  row.append(count, button);
  bar.append(row);
  return { row, count, button };
}

/** @param {Element} step */
function focusFirst(step) {
  step.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
}

// Questions that matter. data-shown-if names the answers that must all be there: "weapon" a ticked box,
// "kind=damage,fraud" one of some values, "has:goods,value" anything at all. A hidden answer is not sent.

/** @param {HTMLFormElement} form
 * @param {string} wanted */
function isSo(form, wanted) {
  const data = new FormData(form);
  if (wanted.startsWith("has:")) return wanted.slice(4).split(",").some((name) => data.getAll(name).some(Boolean));
  const [name, values] = wanted.split("=");
  return values ? values.split(",").includes(data.get(name)) : data.has(name);
}

/** @param {HTMLFormElement} form */
function showWhatMatters(form) {
  for (const part of form.querySelectorAll("[data-shown-if]")) {
    part.hidden = !part.dataset.shownIf.split(" ").every((wanted) => isSo(form, wanted));
    for (const field of part.querySelectorAll("input")) field.disabled = field.closest("[data-shown-if][hidden]") !== null;
  }
  for (const calls of form.querySelectorAll("[data-calls]")) showCall(form, calls);
}

/** 999 where an answer is urgent, otherwise 101 once it is over; which are is told by the page.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} calls */
function showCall(form, calls) {
  const isAny = (told) => told.split("|").some((all) => all.split(" ").every((wanted) => isSo(form, wanted)));
  const urgent = isAny(calls.dataset.urgent);
  const isOver = isAny(calls.dataset.over);
  for (const line of calls.children) line.hidden = (line.dataset.call === "999") === (isOver && !urgent);
}

/** @param {HTMLFormElement} form */
function watchAnswers(form) {
  for (const name of ["change", "draft:restored"]) form.addEventListener(name, () => showWhatMatters(form));
  showWhatMatters(form);
}

// Somebody from the gallery: the faces are asked for by a tap alone.

/** @param {ParentNode} root */
function offerFaces(root) {
  for (const one of root.querySelectorAll("[data-without-js]")) one.remove();
  const button = root.querySelector("[data-pick]");
  if (!button) return;
  button.type = "button";
  // The page of faces brings back what it is sent, and the draft the photos.
  const leave = () => {
    Object.assign(button.form, { action: button.formAction, enctype: button.formEnctype });
    button.form.submit();
  };
  button.addEventListener("pick:failed", leave);
  button.addEventListener("click", async () => {
    try {
      const [{ pick }] = await Promise.all([import(button.dataset.pick), bringLater()]);
      await pick(button);
    } catch {
      leave();
    }
  });
}

// Photos. Chosen files stay on the phone until the form is sent; a preview is an address in memory.

/** @param {HTMLInputElement} input */
async function drawPreviews(input) {
  const list = document.getElementById(input.dataset.preview ?? "");
  if (!list) return;
  for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  const items = [...input.files].map(previewOf);
  list.replaceChildren(...items);
  list.hidden = input.files.length === 0;
  const measures = input.closest("[data-quality-src]")?.dataset.qualitySrc;
  // Where it does not come, the server measures the photos.
  if (measures && input.files.length > 0) await import(measures).catch(() => undefined);
  if (list.children[0] !== items[0]) return; // others were chosen meanwhile
  list.dispatchEvent(new CustomEvent("photos:drawn", { bubbles: true, detail: [...input.files] }));
}

/** @param {File} file */
function previewOf(file) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  const words = document.createElement("span");
  words.textContent = `${file.name}, ${Math.max(0.1, file.size / 1_000_000).toFixed(1)} MB`;
  image.alt = "";
  // A phone's HEIC photo has no preview in most browsers; its name stays.
  image.addEventListener("error", () => image.remove(), { once: true });
  image.src = URL.createObjectURL(file);
  item.append(image, words);
  return item;
}

// Sending. The same form by XMLHttpRequest, which alone tells how much has gone. The hidden
// submission_id is the server's key: a second try of the same report is not a second report.

/** @param {HTMLFormElement} form */
function progressOf(form) {
  const holder = form.querySelector("[data-busy]") ?? document.createElement("span");
  const bar = holder.querySelector("progress") ?? holder.appendChild(document.createElement("progress"));
  bar.max = 100;
  const words = holder.querySelector("[role=status]") ?? document.createElement("span");
  words.setAttribute("role", "status");
  holder.prepend(words);
  return (part) => {
    bar.value = Math.round(part * 100);
    words.textContent = part < 1 ? `Sending: ${Math.round(part * 100)}%` : "Sent. Waiting for an answer";
  };
}

/** @param {HTMLFormElement} form
 * @param {string} sentence */
function complain(form, sentence) {
  form.dispatchEvent(new CustomEvent("form:free", { bubbles: true }));
  let box = form.querySelector("[data-send-error]");
  if (!box) {
    box = document.createElement("div");
    box.className = "flash flash--danger";
    box.dataset.sendError = "";
    box.setAttribute("role", "alert");
    (form.querySelector(".send-bar") ?? form).before(box);
  }
  const words = document.createElement("p");
  words.textContent = sentence;
  box.replaceChildren(words);
  box.scrollIntoView({ block: "center" });
}

/** @param {Element} from
 * @param {Element} to */
function carryFiles(from, to) {
  for (const old of from.querySelectorAll('input[type="file"]')) {
    const fresh = to.querySelector(`input[type="file"][name="${CSS.escape(old.name)}"]`);
    if (fresh && old.files.length > 0) fresh.files = old.files;
  }
}

/** Whether the answer is the form with what was typed: to put right, or beside what another page wrote.
 * @param {XMLHttpRequest} request
 * @param {Document} page */
function isFormAgain(request, page) {
  return request.status === 422 || page.querySelector("[data-clash]") !== null;
}

/** The sentence to show beside the form, where the answer is not one that may take its place.
 * @param {XMLHttpRequest} request
 * @param {Document} page */
function refusalIn(request, page) {
  if (isFormAgain(request, page)) return null;
  if (request.status === 401 || new URL(request.responseURL).pathname === "/sign-in") return SIGNED_OUT;
  if (request.status < 400) return null;
  return page.querySelector(".govuk-error-summary__list li, main p")?.textContent.trim() ?? FAILED;
}

/** What only pages with pictures need; this one left it out to be there sooner. */
async function bringLater() {
  const { laterStyles, laterScripts } = document.body.dataset;
  if (!laterStyles) return;
  delete document.body.dataset.laterStyles;
  document.body.dataset.covered = "";
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: laterStyles });
  const styled = new Promise((come) => {
    style.addEventListener("load", come, { once: true });
    style.addEventListener("error", come, { once: true });
  });
  document.head.append(style);
  await Promise.all([styled, ...laterScripts.split(" ").map((address) => import(address))]);
}

/** Shows the server's answer in place, since asking for it again would lose its message.
 * @param {XMLHttpRequest} request
 * @param {HTMLFormElement} form */
async function showAnswer(request, form) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = page.getElementById("content");
  const refusal = refusalIn(request, page);
  if (refusal || !content) {
    complain(form, refusal ?? FAILED);
    return;
  }
  const isWrong = isFormAgain(request, page);
  if (!isWrong || "covered" in page.body.dataset) await bringLater().catch(() => undefined);
  const old = document.getElementById("content");
  old.replaceWith(document.importNode(content, true));
  const fresh = document.getElementById("content");
  document.title = page.title;
  if (!isWrong) form.dispatchEvent(new Event("report:kept"));
  if (isWrong) carryFiles(old, fresh);
  else history.pushState({ swapped: true }, "", request.responseURL);
  prepare(fresh);
  fresh.dispatchEvent(new CustomEvent("content:swapped", { bubbles: true }));
  scrollTo(0, 0);
  (fresh.querySelector(".govuk-error-summary") ?? fresh.querySelector("main"))?.focus();
}

/** A sign-in brings a token of its own, which a page from before it lacks: so the page gets it, and
 * its words and photos go as they are. Returns a sentence where that cannot be.
 * @param {HTMLFormElement} form
 * @returns {Promise<string | null>} */
async function renewToken(form) {
  const response = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (new URL(response.url).pathname === "/sign-in") return SIGNED_OUT;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [fresh, held] = [page, form].map((root) => root.querySelector('input[name="csrf_token"]'));
  if (!fresh || !held) return FAILED;
  held.value = fresh.value;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", fresh.value);
  return null;
}

/** @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter */
async function sendAgain(form, submitter) {
  const refusal = await renewToken(form).catch(() => FAILED);
  if (refusal) complain(form, refusal);
  else post(form, submitter, true);
}

/** @param {SubmitEvent} event */
function send(event) {
  if (event.defaultPrevented) return;
  event.preventDefault();
  sendForm(event.currentTarget, event.submitter);
}

/** Keeps the report sealed on the phone first, where the page has a key for that (boxes.js).
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter */
async function sendForm(form, submitter) {
  const plain = () => post(form, submitter);
  if (!form.dataset.public) return plain();
  const page = { plain, complain: (sentence) => complain(form, sentence), show: (address) => show(form, address) };
  form.querySelector("[data-send-error]")?.remove();
  return import(form.dataset.boxesSrc).then(({ sendByBox }) => sendByBox(form, submitter, page)).catch(plain);
}

/** Shows the page of a report that was sent, in place.
 * @param {HTMLFormElement} form
 * @param {string} address */
function show(form, address) {
  const request = new XMLHttpRequest();
  request.addEventListener("load", () => showAnswer(request, form));
  request.addEventListener("error", () => location.assign(address));
  request.open("GET", address);
  request.send();
}

/** Begins a draft, and what sends without signal, once somebody writes or a draft waits.
 * @param {HTMLFormElement} form */
async function startKeeping(form) {
  if (!form.dataset.public) return;
  let isBegun = false;
  const begin = async () => {
    if (isBegun) return;
    isBegun = true;
    const parts = await Promise.all([import(form.dataset.boxesSrc), import(form.dataset.draftSrc)]).catch(() => null);
    isBegun = parts !== null; // without signal on a first visit; the next touch asks again
    if (!parts) return;
    await Promise.all(parts.map((part) => part.start(form)));
    form.dataset.keeps = ""; // whatever is typed from now on is kept
  };
  form.addEventListener("focusin", begin);
  const stores = await indexedDB.databases?.() ?? [];
  if (stores.some(({ name }) => name === "draft" || name === "shared")) await begin();
}

/** @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @param {boolean} again Whether the token was renewed already. */
function post(form, submitter, again = false) {
  form.querySelector("[data-send-error]")?.remove();
  const tell = progressOf(form);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
    if (lengthComputable) tell(loaded / total);
  });
  request.addEventListener("load", () => {
    if (request.status === 400 && !again) sendAgain(form, submitter);
    else if (request.status >= 500 || request.status === 429) complain(form, FAILED);
    else showAnswer(request, form);
  });
  for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, () => complain(form, FAILED));
  request.timeout = 180_000;
  request.open("POST", form.action);
  request.send(new FormData(form, submitter));
}

/** What sends videos comes when it is wanted: for one that is chosen, or one that an earlier page began.
 * @param {ParentNode} root */
function offerVideos(root) {
  for (const holder of root.querySelectorAll("[data-video-src]")) {
    const begin = () => import(holder.dataset.videoSrc);
    for (const part of holder.querySelectorAll("[data-needs-js]")) part.hidden = false;
    if (holder.dataset.incident || Object.keys(sessionStorage).some((key) => NUMBER.test(key))) begin();
    for (const wish of ["pointerdown", "focusin", "change"]) holder.addEventListener(wish, begin, { once: true });
  }
  for (const field of root.querySelectorAll("[data-device-time]")) {
    field.form?.addEventListener("formdata", ({ formData }) => formData.set(field.name, new Date().toISOString()));
  }
}

/** @param {ParentNode} root */
function prepare(root) {
  for (const input of root.querySelectorAll('input[type="file"][data-preview]')) {
    input.addEventListener("change", () => drawPreviews(input));
    if (input.files.length > 0) drawPreviews(input);
  }
  for (const form of root.querySelectorAll("form[data-steps]")) {
    watchAnswers(form);
    startSteps(form);
  }
  offerFaces(root);
  offerVideos(root);
  const report = root.querySelector("[data-following-src]"); // its own page, in this one's place
  if (report) import(report.dataset.followingSrc);
  for (const form of root.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", send);
    startKeeping(form);
  }
}

// Back from an answer that was shown in place: the page under that address is asked for anew.
globalThis.addEventListener("popstate", () => location.reload());
prepare(document);
