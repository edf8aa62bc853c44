// Owns the words about chosen photos: too dark, blurred, or the person too small. Never a refusal.
// It measures as the server does (disc/core/pictures/quality.py), on as many pixels.

const MARK = "Mark the person";

/** What the page says photos are measured by.
 * @typedef {DOMStringMap} Limits */

/** @param {File} file
 * @param {number} side
 * @returns {Promise<{grey: Uint8Array, width: number, height: number, tall: number}>} */
async function look(file, side) {
  const bitmap = await createImageBitmap(file);
  const share = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((each) => Math.max(1, Math.round(each * share)));
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, width, height);
  const tall = bitmap.height;
  bitmap.close();
  const { data } = pen.getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = Math.round(0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2]);
  }
  return { grey, width, height, tall };
}

/** How little a picture changes by being blurred once more along lines: 1 is not at all.
 * @param {Uint8Array} grey
 * @param {number} lines @param {number} length @param {number} line @param {number} step
 * @param {number} radius */
function softness(grey, lines, length, line, step, radius) {
  let whole = 0;
  let lost = 0;
  for (let row = 0; row < lines; row += 1) {
    const level = (at) => grey[row * line + Math.min(length - 1, Math.max(0, at)) * step];
    let sum = 0;
    for (let at = -radius; at <= radius; at += 1) sum += level(at);
    let before = Math.round(sum / (2 * radius + 1));
    for (let at = 1; at < length; at += 1) {
      sum += level(at + radius) - level(at - radius - 1);
      const blurred = Math.round(sum / (2 * radius + 1));
      const sharp = Math.abs(level(at) - level(at - 1));
      whole += sharp;
      lost += Math.max(0, sharp - Math.abs(blurred - before));
      before = blurred;
    }
  }
  return whole ? 1 - lost / whole : 1;
}

/** @param {File} file
 * @param {Limits} limits */
async function measure(file, limits) {
  const { grey, width, height, tall } = await look(file, Number(limits.look));
  const radius = Number(limits.radius);
  const light = grey.reduce((sum, level) => sum + level, 0) / grey.length;
  const soft = Math.max(softness(grey, height, width, width, 1, radius), softness(grey, width, height, 1, width, radius));
  return { light, soft, tall };
}

/** One chosen photo: its words, and the box that its sender may draw round the person. */
class Photo {
  /** @param {HTMLElement} item
   * @param {number} place
   * @param {HTMLElement} group */
  constructor(item, place, group) {
    this.item = item;
    this.place = place;
    this.limits = group.dataset;
    this.measured = null;
    this.held = null;
    this.words = document.createElement("p");
    this.words.className = "photo__hint";
    item.append(this.words);
  }

  get box() {
    return this.held;
  }

  set box(sides) {
    this.held = sides;
    this.field ??= this.addField();
    this.field.value = sides ? [this.place, ...sides].join(" ") : "";
    this.say();
  }

  addField() {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "person";
    this.item.append(field);
    return field;
  }

  /** @param {File} file */
  async measure(file) {
    this.measured = await measure(file, this.limits);
    this.say();
    this.offerToMark();
  }

  say() {
    const { light, soft, tall } = this.measured;
    const { limits, held } = this;
    const found = [];
    if (light < Number(limits.dark)) found.push(limits.darkWords);
    else if (soft > Number(limits.soft)) found.push(limits.softWords);
    if (held && (tall * (held[3] - held[1])) / 100 < Number(limits.tall)) found.push(limits.tallWords);
    const words = found.join(" ");
    if (this.words.textContent !== words) this.words.textContent = words; // not read out again
  }

  offerToMark() {
    const image = this.item.querySelector("img");
    if (!image) return; // no preview, and so nothing to draw on
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-link";
    button.textContent = MARK;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => this.mark(image, button));
    this.item.append(button);
  }

  /** @param {HTMLImageElement} image
   * @param {HTMLButtonElement} button */
  async mark(image, button) {
    const { boxOn } = await import(this.limits.boxSrc);
    const frame = document.createElement("div");
    frame.className = "editor";
    image.replaceWith(frame);
    frame.append(image);
    boxOn(frame, this);
    this.item.classList.add("is-marked");
    button.remove();
    frame.querySelector("svg").focus();
  }
}

document.addEventListener("photos:drawn", ({ target, detail }) => {
  const group = target.closest("[data-look]");
  if (!group) return;
  for (const [place, file] of detail.entries()) {
    const photo = new Photo(target.children[place], place, group);
    // A format that this browser does not read is measured by the server.
    photo.measure(file).catch(() => undefined);
  }
});
