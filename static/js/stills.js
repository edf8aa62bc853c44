// Owns pictures whose addresses live for 60 seconds: asks for new ones, and keeps the menu off them.

const MINT = "/img/mint";
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
}

/** @param {HTMLImageElement[]} images
 * @returns {Promise<Record<string, string>>} */
async function mint(images) {
  const wanted = new Map(images.map((image) => [keyOf(image), image.dataset]));
  const pictures = [...wanted.values()].map(({ still, rendition }) => ({ still, rendition }));
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  const response = await fetch(MINT, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ pictures }),
  });
  if (!response.ok) throw new Error(`mint answered ${response.status}`);
  return (await response.json()).urls;
}

/** @param {HTMLImageElement[]} images */
async function renew(images) {
  let urls = {};
  try {
    urls = await mint(images);
  } catch {
    // Offline or signed out: the words of the picture stay in its place.
  }
  for (const image of images) {
    const address = urls[keyOf(image)];
    if (address) image.src = address;
    else giveUp(image);
  }
}

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
  if (!isStill(event.target)) return;
  retried.delete(event.target);
  event.target.classList.remove("is-missing");
}, true);

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
