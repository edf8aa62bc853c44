// Owns the report page: steps in turn on a phone, previews of photos, sending with progress.

const PHONE = "(max-width: 47.99em)";
const CALM = "(prefers-reduced-motion: reduce)";
const SIGNED_OUT = "You are signed out. Your words are still here. Sign in on a new tab, then come back.";
const FAILED = "It did not send. Your words and photos are still here. Check your signal, then send again.";

// Steps. Without this script the page is one long form; with it a phone shows one more step at a time.

/** @param {HTMLFormElement} form */
function startSteps(form) {
  const steps = [...form.querySelectorAll("[data-step]")];
  const bar = form.querySelector(".send-bar");
  const isShort = matchMedia(PHONE).matches && steps.length > 1 && !document.querySelector(".govuk-error-summary");
  if (!isShort || !bar) return;
  const next = nextButton(bar);
  const enough = steps.findIndex((step) => "enough" in step.dataset);
  let shown = 1 + steps.findLastIndex(isAnswered);
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
  form.addEventListener("click", (event) => {
    // A real tap on a tile has a position; the arrow keys send a click without one.
    if (event.detail === 0 || !event.target.matches('input[type="radio"]')) return;
    more(steps.indexOf(event.target.closest("[data-step]")));
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

// Photos. Chosen files stay on the phone until the form is sent; a preview is an address in memory.

/** @param {HTMLInputElement} input */
function drawPreviews(input) {
  const list = document.getElementById(input.dataset.preview ?? "");
  if (!list) return;
  for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
  list.replaceChildren(...[...input.files].map(previewOf));
  list.hidden = input.files.length === 0;
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

/** The sentence to show beside the form, where the answer is not one that may take its place.
 * @param {XMLHttpRequest} request
 * @param {Document} page */
function refusalIn(request, page) {
  if (request.status === 401 || new URL(request.responseURL).pathname === "/sign-in") return SIGNED_OUT;
  if (request.status < 400 || request.status === 422) return null;
  return page.querySelector("main p")?.textContent ?? FAILED;
}

/** Shows the server's answer in place, since asking for it again would lose its message.
 * @param {XMLHttpRequest} request
 * @param {HTMLFormElement} form */
function showAnswer(request, form) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = page.getElementById("content");
  const refusal = refusalIn(request, page);
  if (refusal || !content) {
    complain(form, refusal ?? FAILED);
    return;
  }
  const isWrong = request.status === 422;
  const old = document.getElementById("content");
  old.replaceWith(document.importNode(content, true));
  const fresh = document.getElementById("content");
  document.title = page.title;
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
  post(event.currentTarget, event.submitter);
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

/** @param {ParentNode} root */
function prepare(root) {
  for (const input of root.querySelectorAll('input[type="file"][data-preview]')) {
    input.addEventListener("change", () => drawPreviews(input));
    if (input.files.length > 0) drawPreviews(input);
  }
  for (const form of root.querySelectorAll("form[data-steps]")) startSteps(form);
  for (const form of root.querySelectorAll("form[data-upload]")) form.addEventListener("submit", send);
}

// Back from an answer that was shown in place: the page under that address is asked for anew.
globalThis.addEventListener("popstate", () => location.reload());
prepare(document);
