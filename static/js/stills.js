// Owns pictures whose addresses live for 60 seconds: asks for new ones, takes away those that nobody
// may see any more, and keeps the menu off them.

const MINT = "/img/mint";
const CHECK = "/img/check";
const PREVIEW = "preview";
const MISSING = "The picture did not come";
const GONE = "You can no longer see this picture";
/** Pages ask anew for a picture that was changed, each after a moment of its own length. */
const CHANGE_SPREAD_MS = 400;
const GATHER_MS = 40;
const BATCH = 48;

/** Pictures that had their one new address and have not loaded since. */
const retried = new WeakSet();
/** @type {Set<HTMLImageElement>} */
const waiting = new Set();
let timer = 0;

/** @param {EventTarget | null} target
 * @returns {target is HTMLImageElement} */
function isStill(target) {
  return target instanceof HTMLImageElement && target.matches("img.still[data-still]");
}

/** @param {HTMLImageElement} image */
function keyOf(image) {
  return `${image.dataset.still}:${image.dataset.rendition}`;
}

/** @param {HTMLImageElement} image */
function giveUp(image) {
  image.classList.add("is-missing");
  if (image.nextElementSibling?.matches(".frame__missing")) return;
  const words = document.createElement("span");
  words.className = "frame__missing";
  words.textContent = MISSING;
  image.after(words);
}

/** @param {HTMLImageElement} image */
function hasCome(image) {
  retried.delete(image);
  image.classList.remove("is-missing");
  if (image.nextElementSibling?.matches(".frame__missing")) image.nextElementSibling.remove();
}

function askForMissing() {
  for (const image of document.querySelectorAll("img.still.is-missing")) {
    retried.delete(image);
    enqueue(image);
  }
}

/** Words in a picture's place. Its pixels leave the page with it.
 * @param {HTMLImageElement} image */
function takeAway(image) {
  const words = document.createElement("span");
  words.className = "still still--gone";
  words.textContent = GONE;
  hasCome(image); // No words about a picture that did not come may cover these.
  image.removeAttribute("src");
  image.replaceWith(words);
}

/** @param {string} address
 * @param {object} asked */
async function ask(address, asked) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(asked),
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

/** @param {HTMLImageElement[]} images
 * @returns {Promise<Record<string, string>>} */
async function mint(images) {
  const wanted = new Map(images.map((image) => [keyOf(image), image.dataset]));
  const pictures = [...wanted.values()].map(({ still, rendition }) => ({ still, rendition }));
  return (await ask(MINT, { pictures })).urls;
}

/** @param {HTMLImageElement[]} images */
async function renew(images) {
  let urls = null;
  try {
    urls = await mint(images);
  } catch {
    // Offline or signed out: the words of the picture stay in its place.
  }
  for (const image of images) {
    const address = urls?.[keyOf(image)];
    if (address) image.src = address;
    else if (urls && image.dataset.rendition !== PREVIEW) takeAway(image);
    else giveUp(image);
  }
}

// Pictures that leave the page, or change, while it is open. alerts.js hears of them and says so here.

/** @param {string} still
 * @returns {HTMLImageElement[]} */
function imagesOf(still) {
  return [...document.querySelectorAll(`img.still[data-still="${CSS.escape(still)}"]`)];
}

/** The old pixels go first; what may be seen instead is asked for then.
 * @param {string} still */
function change(still) {
  for (const image of imagesOf(still)) {
    if (image.dataset.rendition === PREVIEW) continue; // Somebody's own unsaved work.
    image.removeAttribute("src");
    setTimeout(() => enqueue(image), Math.random() * CHANGE_SPREAD_MS);
  }
}

/** @param {string} still */
function leave(still) {
  for (const image of imagesOf(still)) takeAway(image);
}

async function checkAll() {
  const images = [...document.querySelectorAll('img.still[data-still][src^="/img/"]')];
  const links = [...new Set(images.map((image) => image.getAttribute("src")))];
  for (let start = 0; start < links.length; start += BATCH) {
    const { gone, changed } = await ask(CHECK, { links: links.slice(start, start + BATCH) });
    for (const still of gone) leave(still);
    for (const still of changed) change(still);
  }
}

document.addEventListener("pictures:gone", ({ detail }) => leave(detail));
document.addEventListener("pictures:changed", ({ detail }) => change(detail));
// Offline or signed out: the page says so elsewhere, and asks again when it hears something.
document.addEventListener("pictures:check", () => checkAll().catch(() => undefined));

function flush() {
  timer = 0;
  const images = [...waiting];
  waiting.clear();
  for (let start = 0; start < images.length; start += BATCH) renew(images.slice(start, start + BATCH));
}

/** One request for all pictures that fail within a moment.
 * @param {HTMLImageElement} image */
function enqueue(image) {
  if (retried.has(image)) {
    giveUp(image);
    return;
  }
  retried.add(image);
  waiting.add(image);
  timer ||= setTimeout(flush, GATHER_MS);
}

function isBroken(image) {
  return image.complete && image.naturalWidth === 0 && image.getAttribute("src");
}

// Neither event bubbles, so both are caught on the way down.
document.addEventListener("error", (event) => {
  if (isStill(event.target)) enqueue(event.target);
}, true);
document.addEventListener("load", (event) => {
  if (isStill(event.target)) hasCome(event.target);
}, true);
globalThis.addEventListener("online", askForMissing);

globalThis.addEventListener("pageshow", (event) => {
  for (const image of document.querySelectorAll("img.still[data-still]")) {
    if (event.persisted) retried.delete(image);
    if (event.persisted || isBroken(image)) enqueue(image);
  }
});

for (const name of ["contextmenu", "dragstart"]) {
  document.addEventListener(name, (event) => {
    if (event.target instanceof Element && event.target.closest(".still, .frame")) event.preventDefault();
  });
}
