// Owns leafing through the gallery: more pictures on the same page, the place that Back returns
// to, single keys on a laptop, and where the reader is. The place is in the page's address, so
// nothing is kept for it.

const OFF = "gallery-keys-off";
const PLACE = "#p-";
const PASSING_MS = 10_000;

/** @type {HTMLElement | null} */
const tiles = document.querySelector("[data-tiles]");

/** @returns {HTMLAnchorElement[]} */
function links() {
  return [...document.querySelectorAll(".faces .face__link")];
}

// More of them.

/** @param {HTMLAnchorElement} more */
async function append(more) {
  const page = await fetch(more.href);
  if (!page.ok || page.redirected) throw new Error("no page of the gallery came");
  const found = new DOMParser().parseFromString(await page.text(), "text/html");
  const fresh = [...found.querySelectorAll(".faces > li")].filter((tile) => !document.getElementById(tile.id));
  for (const tile of fresh) tile.dataset.page = more.href;
  document.querySelector(".faces").append(...fresh);
  fresh[0]?.querySelector("a")?.focus({ preventScroll: true });
  const following = found.querySelector("[data-more]");
  if (following) more.href = following.href;
  else more.parentElement.remove();
  document.dispatchEvent(new CustomEvent("content:swapped"));
}

function showMoreHere() {
  const more = document.querySelector("[data-more]");
  more?.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (more.ariaDisabled) return;
    const words = more.textContent;
    more.ariaDisabled = "true";
    more.textContent = "Getting more";
    try {
      await append(more);
      more.ariaDisabled = null;
      more.textContent = words;
    } catch {
      location.assign(more.href); // signed out or offline: the page itself says so
    }
  });
}

// Back to the same tile. The page is not kept by the browser, so the place goes into its address.

/** @param {Element} tile */
function remember(tile) {
  const page = new URL(tile.dataset.page ?? location.href);
  page.hash = tile.id;
  history.scrollRestoration = "manual";
  history.replaceState(null, "", page);
}

function returnToPlace() {
  const tile = location.hash.startsWith(PLACE) && document.getElementById(location.hash.slice(1));
  if (!tile) return;
  history.scrollRestoration = "manual";
  const go = () => tile.scrollIntoView({ block: "center" });
  go();
  tile.querySelector("a")?.focus({ preventScroll: true });
  globalThis.addEventListener("load", go, { once: true });
}

document.addEventListener("click", (event) => {
  const tile = event.target instanceof Element && event.target.closest(".face__link")?.closest(".faces > li[id]");
  if (tile && tiles) remember(tile);
});

// Single keys (WCAG 2.1.4: they can be turned off).

/** @param {number} step */
function move(step) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** How many tiles stand beside each other. */
function across() {
  const all = links();
  const top = all[0]?.getBoundingClientRect().top;
  const below = all.findIndex((link) => link.getBoundingClientRect().top > top + 1);
  return below < 0 ? all.length : below;
}

function goToSearch() {
  const field = document.getElementById("words");
  const sheet = field?.closest("[popover]");
  if (sheet && getComputedStyle(sheet).display === "none") sheet.showPopover();
  field?.focus();
  field?.select();
}

/** @param {Event} event */
function typing(event) {
  return event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]");
}

const onTile = () => links().includes(document.activeElement);
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  "/": goToSearch,
  ArrowRight: () => onTile() && move(1),
  ArrowLeft: () => onTile() && move(-1),
  ArrowDown: () => onTile() && move(across()),
  ArrowUp: () => onTile() && move(-across()),
};

/** @param {KeyboardEvent} event */
function leave(event) {
  if (document.querySelector(":popover-open")) return; // Escape closes what is open first
  if (typing(event)) document.activeElement.blur();
  else document.querySelector("[data-back]")?.click();
}

const isOff = () => localStorage.getItem(OFF) === "1";

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isOff()) return;
  if (document.body.querySelector(":scope > [inert]")) return; // the page is covered
  if (event.key === "Escape") leave(event);
  const act = typing(event) ? undefined : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act && act() !== false) event.preventDefault();
}

function offerKeys() {
  const button = document.querySelector("[data-keys-off]");
  if (!button) return;
  const show = () => {
    button.setAttribute("aria-pressed", String(isOff()));
    button.textContent = isOff() ? "Turn these keys on" : "Turn these keys off";
  };
  button.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
}

/** The way back from a person is the page before, with its place, if that was the gallery.
 * @param {MouseEvent} event */
function goBack(event) {
  const from = document.referrer && new URL(document.referrer);
  if (!from || from.origin !== location.origin || !/^\/gallery(?:$|\/found\/)/.test(from.pathname)) return;
  event.preventDefault();
  history.back();
}

// Near me: the place is rounded here, and sent in the body of a form.

function offerNear() {
  const form = document.querySelector("[data-near]");
  const says = form?.querySelector("[data-near-says]");
  form?.querySelector("[data-near-me]").addEventListener("click", () => {
    const lost = () => {
      says.textContent = "This device does not say where it is.";
    };
    if (!navigator.geolocation) return lost();
    return navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(2);
      form.elements.longitude.value = coords.longitude.toFixed(2);
      form.submit();
    }, lost, { maximumAge: 600_000, timeout: 10_000 });
  });
}

// The kind that is shown is in sight, also where its line scrolls sideways.

function showChosenTab() {
  const tabs = document.querySelector(".tabs");
  const chosen = tabs?.querySelector("[aria-current]");
  if (chosen) tabs.scrollLeft = chosen.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - chosen.offsetWidth) / 2;
}

// What can be taken back can be so for ten seconds.

function letPass() {
  const passing = document.querySelector("[data-passing] button");
  if (passing) setTimeout(() => passing.remove(), PASSING_MS);
}

document.querySelector("[data-back]")?.addEventListener("click", goBack);
document.addEventListener("keydown", onKey);
offerKeys();
showMoreHere();
returnToPlace();
showChosenTab();
offerNear();
letPass();
