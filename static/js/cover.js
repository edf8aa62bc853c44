// Owns the cover over pages with pictures: while the page is out of sight, or nobody touches it.

const IDLE_MS = 60_000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart"];

const cover = document.getElementById("cover");
const covered = document.body.dataset.covered !== undefined;
let idleTimer = 0;
/** Whether a person must say that they are back. */
let held = false;
/** @type {Element | null} */
let before = null;

/** Everything but the cover itself and the tools of the page.
 * @param {boolean} inert */
function setInert(inert) {
  for (const element of document.body.children) {
    if (element !== cover && element.tagName !== "SCRIPT") element.inert = inert;
  }
}

/** @param {boolean} hold */
function hide(hold) {
  held ||= hold;
  if (!cover.hidden) return;
  before = document.activeElement;
  cover.hidden = false;
  setInert(true);
  if (held) cover.querySelector("[data-show-screen]")?.focus();
}

function show() {
  held = false;
  cover.hidden = true;
  setInert(false);
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  restartIdle();
}

function restartIdle() {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => hide(true), IDLE_MS);
}

function onVisibility() {
  if (document.visibilityState === "hidden") hide(false);
  else if (!held) show();
}

function start() {
  document.addEventListener("visibilitychange", onVisibility);
  globalThis.addEventListener("pagehide", () => hide(false));
  globalThis.addEventListener("pageshow", () => {
    if (!held && !cover.hidden) show();
  });
  for (const name of SIGNS_OF_LIFE) {
    document.addEventListener(name, () => {
      if (!held) restartIdle();
    }, { passive: true, capture: true });
  }
  cover.querySelector("[data-show-screen]")?.addEventListener("click", show);
  for (const button of document.querySelectorAll("[data-hide-screen]")) {
    button.hidden = false;
    button.addEventListener("click", () => hide(true));
  }
  restartIdle();
}

if (cover && covered) start();
