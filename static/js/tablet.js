// Owns a shop's shared tablet: locks it when nobody touches it, and makes PINs quick to type.

const LOCK_MS = 120_000;
const WARN_MS = 15_000;
const TELL_MS = 20_000;
const RELOAD_MS = 300_000;
const PIN_DIGITS = 6;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "input"];

// Locking. Timers sleep with the device, so the time of the last touch is what counts.

let touchedAt = Date.now();
let toldAt = Date.now();
/** @type {HTMLElement | null} */
let warning = null;

/** Typing asks the server for nothing, so it is told that somebody is there. */
function tellServer() {
  toldAt = Date.now();
  fetch("/tablet/touched").catch(() => undefined);
}

function onTouch() {
  touchedAt = Date.now();
  if (warning) warning.hidden = true;
  if (touchedAt - toldAt > TELL_MS) tellServer();
}

function warn() {
  if (!warning) {
    warning = document.createElement("p");
    warning.className = "offline-strip lock-strip";
    warning.setAttribute("role", "alert");
    document.querySelector(".top").append(warning);
    warning.textContent = "This tablet locks now. Touch the screen to stay.";
  }
  warning.hidden = false;
}

/** @param {HTMLFormElement} form */
function watchTouches(form) {
  for (const name of SIGNS_OF_LIFE) document.addEventListener(name, onTouch, { passive: true, capture: true });
  const check = () => {
    const still = Date.now() - touchedAt;
    if (still >= LOCK_MS) form.requestSubmit();
    else if (still >= LOCK_MS - WARN_MS) warn();
  };
  setInterval(check, 1000);
  document.addEventListener("visibilitychange", check);
}

// The PIN pad. Keys on the page are quicker than a keyboard that must come up first.

/** @param {HTMLFormElement} form */
function typePin(form) {
  const input = form.querySelector("input[name='pin']");
  const pad = form.querySelector("[data-pin-pad]");
  const sendWhenWhole = () => {
    if (input.value.length === PIN_DIGITS) form.requestSubmit();
  };
  pad.hidden = false;
  form.querySelector("[data-without-pad]").hidden = true;
  if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
  input.addEventListener("input", sendWhenWhole);
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key || input.value.length === PIN_DIGITS) return;
    input.value = key.value ? input.value + key.value : input.value.slice(0, -1);
    sendWhenWhole();
  });
  input.focus();
  sendWhenWhole(); // typed before this script was here
}

// Between two people.

/** Names change, and a tablet may be taken back: a lock screen looks again from time to time. */
function waitForSomebody() {
  sessionStorage.clear(); // what one person's pages kept is nothing to the next
  setInterval(() => {
    if (navigator.onLine) location.replace("/tablet");
  }, RELOAD_MS);
}

const lock = document.querySelector("form[data-tablet-lock]");
const pin = document.querySelector("form[data-pin]");
if (lock) watchTouches(lock);
else waitForSomebody();
if (pin) typePin(pin);
