// Owns what every page needs: busy buttons, the offline strip, installing, the service worker.

const QUIET_DAYS = 30;
const DAY_MS = 86_400_000;
const ASK_MS = 30_000;

/** @returns {string} */
function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/** htmx asks only this site (selfRequestsOnly), so the token never leaves it. */
function signHtmxRequests() {
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
}

function showWhatNeedsScripts() {
  for (const element of document.querySelectorAll("[data-needs-js]")) element.hidden = false;
}

function focusErrorSummary() {
  document.querySelector(".govuk-error-summary")?.focus();
}

// Busy buttons. The button is marked rather than disabled, since a disabled one
// loses focus and its own name and value would not be sent.

/** What a busy button showed before. @type {WeakMap<Element, Node[]>} */
const faces = new WeakMap();

/** @param {HTMLButtonElement} button */
function markBusy(button) {
  faces.set(button, [...button.childNodes]);
  button.setAttribute("aria-disabled", "true");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", button.dataset.sending ?? "Sending");
  const holder = document.createElement("span");
  holder.className = "progress";
  holder.dataset.busy = "";
  holder.append(bar);
  button.textContent = button.dataset.sending ?? "Sending";
  button.closest(".send-bar")?.prepend(holder);
}

/** @param {HTMLFormElement} form */
function markFree(form) {
  delete form.dataset.busyForm;
  for (const button of form.querySelectorAll("button[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...(faces.get(button) ?? button.childNodes));
  }
  for (const holder of form.querySelectorAll("[data-busy]")) holder.remove();
}

/** @param {SubmitEvent} event */
function stopSecondSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method !== "post" || "many" in form.dataset) return;
  if (form.dataset.busyForm !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busyForm = "";
  const button = event.submitter ?? form.querySelector('button[type="submit"], button:not([type])');
  if (button instanceof HTMLButtonElement) markBusy(button);
}

function watchForms() {
  // Capture: before any script of a page sees the submit.
  document.addEventListener("submit", stopSecondSubmit, true);
  document.addEventListener("form:free", (event) => markFree(event.target));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt?.closest?.("form");
    if (form) markFree(form);
  });
  globalThis.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) markFree(form);
  });
}

function watchConnection() {
  const strip = document.getElementById("offline-strip");
  if (!strip) return;
  const show = () => {
    strip.hidden = navigator.onLine;
  };
  globalThis.addEventListener("online", show);
  globalThis.addEventListener("offline", show);
  show();
}

// Installing. Android offers an event; an iPhone offers words alone.

function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
}

function askedLately() {
  const at = Number(localStorage.getItem("install-later") ?? 0);
  return Date.now() - at < QUIET_DAYS * DAY_MS;
}

/** @param {HTMLElement} coach
 * @param {string} kind */
function openCoach(coach, kind) {
  coach.hidden = false;
  const words = coach.querySelector(`[data-install-${kind}]`);
  if (words) words.hidden = false;
}

/** @param {HTMLElement} coach */
function offerOnAndroid(coach) {
  globalThis.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    openCoach(coach, "android");
    const button = coach.querySelector("[data-install]");
    button.hidden = false;
    button.addEventListener("click", () => {
      coach.hidden = true;
      event.prompt();
    }, { once: true });
  });
}

function coachInstall() {
  const coach = document.querySelector("[data-install-coach]");
  if (!coach || isInstalled() || askedLately()) return;
  coach.querySelector("[data-install-later]")?.addEventListener("click", () => {
    localStorage.setItem("install-later", String(Date.now()));
    coach.hidden = true;
  });
  if (/iPhone|iPad/.test(navigator.userAgent)) openCoach(coach, "ios");
  else offerOnAndroid(coach);
}

function registerServiceWorker() {
  const address = document.querySelector('meta[name="service-worker"]')?.getAttribute("content");
  if (!address || !("serviceWorker" in navigator)) return;
  globalThis.addEventListener("load", () => {
    // A page works without it, so a refusal (no HTTPS) is not an error.
    navigator.serviceWorker.register(address).catch(() => undefined);
  });
}

// A page without live alerts hears of no end, so it asks. Loading it again leads where to go on.

function watchSignIn() {
  if (document.body.dataset.asksWhetherSignedIn === undefined) return;
  let typed = false;
  document.addEventListener("input", () => {
    typed = true;
  });
  const ask = async () => {
    if (typed || document.visibilityState === "hidden") return;
    const response = await fetch("/me/signed-in", { headers: { Accept: "application/json" } });
    if (response.status === 401) location.reload();
  };
  const quietly = () => ask().catch(() => undefined);
  setInterval(quietly, ASK_MS);
  document.addEventListener("visibilitychange", quietly);
}

signHtmxRequests();
watchSignIn();
watchForms();
watchConnection();
showWhatNeedsScripts();
document.addEventListener("content:swapped", showWhatNeedsScripts);
focusErrorSummary();
coachInstall();
registerServiceWorker();
