// Owns what every page needs: busy buttons, the offline strip, installing, the service worker.

const QUIET_DAYS = 30;
const DAY_MS = 86_400_000;
const ASK_MS = 30_000;
const DRAFT_MS = 30 * 60_000;
const SIGN_OUTS = new Set(["/sign-out", "/me/devices/all/end"]);

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

// Reports that wait on this phone, sealed. A cookie says so to the server (sending.js); it can be lost
// where the browser was killed, so that the store itself is looked for as well.

/** @param {string} name */
async function hasStore(name) {
  const stores = await indexedDB.databases?.() ?? [];
  return stores.some((store) => store.name === name);
}

/** @param {string} name */
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

async function watchWaiting() {
  const strip = document.getElementById("waiting-strip");
  if (!strip) return;
  const draw = async () => {
    const boxes = await boxSending.list();
    strip.hidden = boxes.length === 0;
    strip.querySelector("span").textContent = boxes.length > 0 ? waitingWords(boxes) : "";
  };
  document.addEventListener("boxes:changed", draw);
  const flush = async () => {
    if (document.visibilityState === "hidden" || !(cookie("waiting") || await hasStore("boxes"))) return;
    await import(strip.dataset.src);
    await boxSending.dropOld();
    if (navigator.onLine) await boxSending.keepSending();
  };
  globalThis.addEventListener("online", flush);
  document.addEventListener("visibilitychange", flush);
  await flush();
}

/** @param {{sent: number, problem: string}[]} boxes */
function waitingWords(boxes) {
  const reports = boxes.filter((box) => box.sent === 0);
  const problem = boxes.find((box) => box.problem)?.problem;
  if (reports.length === 0) return `Photos are still on their way. ${problem ?? "Keep the app open."}`;
  const days = Math.max(1, Math.min(...reports.map(boxSending.daysLeft)));
  const count = reports.length === 1 ? "1 report waits" : `${reports.length} reports wait`;
  return `${count} on this phone. ${problem ? `${problem} ` : ""}We delete what is not sent in ${days === 1 ? "1 day" : `${days} days`}.`;
}

// A draft dies when its writer signs out, or writes no more for half an hour. Shared photos that no
// report page took die as soon, by the worker, which knows since when they wait.

function forgetDraft() {
  localStorage.removeItem("draft");
  for (const name of ["draft", "shared"]) indexedDB.deleteDatabase(name);
}

function watchDraft() {
  const check = async () => {
    const touched = localStorage.getItem("draft");
    if (touched && Date.now() - Number(touched) > DRAFT_MS) forgetDraft();
    else if (!touched && await hasStore("draft")) localStorage.setItem("draft", String(Date.now()));
    if (await hasStore("shared")) navigator.serviceWorker?.controller?.postMessage("forget shared");
  };
  if (cookie("forget")) {
    forgetDraft();
    document.cookie = "forget=; Path=/; Max-Age=0; SameSite=Strict";
  }
  document.addEventListener("submit", ({ target }) => {
    if (SIGN_OUTS.has(new URL(target.action).pathname)) forgetDraft();
  }, true);
  check();
  setInterval(check, ASK_MS);
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

// Messages to this phone. Their script is loaded where they are on, or one was tapped.

function keepMessagesComing() {
  const source = document.querySelector('meta[name="messages"]')?.getAttribute("content");
  const tapped = new URLSearchParams(location.search).has("from-message");
  if (source && (tapped || localStorage.getItem("messages-phone"))) import(source).catch(() => undefined);
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
watchDraft();
watchWaiting().catch(() => undefined);
showWhatNeedsScripts();
document.addEventListener("content:swapped", showWhatNeedsScripts);
focusErrorSummary();
coachInstall();
registerServiceWorker();
keepMessagesComing();
