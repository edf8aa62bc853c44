// Owns the comparison of two pictures: apart, or the earlier one laid over the later one.

const LARGEST = 4;
const STEP = 2;
/** CSS pixels of the longer side of the earlier picture before it is laid: as many as it has. */
const SIDE = 1280;
/** Shapes (width by height) that the frame of a laid picture may take; others get empty bands. */
const TALLEST = 4 / 5;
const WIDEST = 16 / 9;
const AS_IT_IS = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** @type {[number, number][]} shares of a picture's width and height */
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** Nine numbers, row by row, that take points of one picture to another.
 * @typedef {number[]} Plane
 * @typedef {{left: number, top: number, width: number, height: number}} Rect */

/** Where a picture of a shape lies in a box that shows it whole.
 * @param {number} width @param {number} height @param {number} shape
 * @returns {Rect} */
function contained(width, height, shape) {
  const wide = Math.min(width, height * shape);
  const tall = wide / shape;
  return { left: (width - wide) / 2, top: (height - tall) / 2, width: wide, height: tall };
}

/** @param {Plane} one @param {Plane} two
 * @returns {Plane} what does first the second, then the first */
function after(one, two) {
  const cell = (row, column) => [0, 1, 2].reduce((sum, at) => sum + one[3 * row + at] * two[3 * at + column], 0);
  return AS_IT_IS.map((_, at) => cell(Math.floor(at / 3), at % 3));
}

/** Takes shares (0 to 1) of a picture to where it lies. @param {Rect} rect
 * @returns {Plane} */
function onto({ left, top, width, height }) {
  return [width, 0, left, 0, height, top, 0, 0, 1];
}

/** The way back. @param {Plane} plane
 * @returns {Plane} */
function back([a, b, c, d, e, f, g, h, i]) {
  const rows = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f];
  return [...rows, d * h - e * g, b * g - a * h, a * e - b * d];
}

/** @param {Plane} plane @param {[number, number]} point */
function taken([a, b, c, d, e, f, g, h, i], [x, y]) {
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

/** @param {Plane} plane */
function asTransform([a, b, c, d, e, f, g, h, i]) {
  return `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i].map((each) => each / i).join(",")})`;
}

/** One of the two pictures: the frame through which it is seen, and the sheet on which it lies. */
class Side {
  /** @param {HTMLElement} view */
  constructor(view) {
    this.view = view;
    this.sheet = view.querySelector(".compare__sheet");
    this.image = view.querySelector("img");
    this.shape = Number(this.sheet.dataset.width) / Number(this.sheet.dataset.height);
  }

  /** Where the picture lies on its sheet. */
  get rect() {
    return contained(this.sheet.offsetWidth, this.sheet.offsetHeight, this.shape);
  }

  /** The point in the middle of the frame, as shares of the picture. */
  get middle() {
    const { view, rect } = this;
    const x = view.scrollLeft + view.clientWidth / 2 - rect.left;
    const y = view.scrollTop + view.clientHeight / 2 - rect.top;
    return [x / rect.width, y / rect.height];
  }

  set middle([x, y]) {
    const { view, rect } = this;
    view.scrollLeft = rect.left + x * rect.width - view.clientWidth / 2;
    view.scrollTop = rect.top + y * rect.height - view.clientHeight / 2;
    this.put = this.place;
  }

  get place() {
    return `${this.view.scrollLeft} ${this.view.scrollTop}`;
  }

  /** Whether it stands where a script put it, and no person moved it since. */
  get wasPut() {
    return this.put === this.place;
  }
}

class Comparison {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    [this.earlier, this.later] = [...box.querySelectorAll(".compare__view")].map((view) => new Side(view));
    this.plane = box.dataset.plane?.split(",").map(Number);
    this.boxes = box.querySelector(".compare__boxes");
    this.slide = box.querySelector(".compare__slide");
    this.range = box.querySelector(".compare__slide input");
    this.line = document.createElement("span");
    this.line.className = "compare__line";
    this.isOver = false;
    this.zoom = 1;
    const shape = Math.min(WIDEST, Math.max(TALLEST, this.later.shape));
    box.style.setProperty("--shape", String(shape));
    this.listen();
    box.querySelector(".compare__tools").hidden = false;
    this.range.value = String(this.begin);
    this.setZoom(1);
    this.setOver(this.plane !== undefined);
  }

  /** Where the slider begins: in the middle of what both show, or one side of it would be empty. */
  get begin() {
    const across = CORNERS.map((corner) => taken(this.plane ?? AS_IT_IS, corner)[0]);
    const [from, to] = [Math.max(0, Math.min(...across)), Math.min(1, Math.max(...across))];
    return Math.round(50 * (from + to));
  }

  /** @param {string} name */
  tool(name) {
    return this.box.querySelector(`[data-compare-${name}]`);
  }

  listen() {
    const { earlier, later } = this;
    for (const [side, other] of [[earlier, later], [later, earlier]]) {
      side.view.addEventListener("scroll", () => {
        this.draw();
        if (!side.wasPut) this.match(side, other);
      }, { passive: true });
      side.view.addEventListener("pointerdown", (event) => this.press(side, event));
      side.view.addEventListener("pointermove", (event) => this.drag(side, event));
    }
    this.range.addEventListener("input", () => this.draw());
    this.tool("apart").addEventListener("click", () => this.setOver(!this.isOver));
    this.tool("smaller").addEventListener("click", () => this.setZoom(this.zoom / STEP));
    this.tool("larger").addEventListener("click", () => this.setZoom(this.zoom * STEP));
    this.tool("boxes")?.addEventListener("click", ({ currentTarget }) => {
      const isHidden = this.boxes.classList.toggle("is-hidden");
      currentTarget.setAttribute("aria-pressed", String(!isHidden));
    });
    new ResizeObserver(() => this.draw()).observe(later.view);
  }

  /** Lays the earlier picture, and shows as much of it as the slider says. */
  draw() {
    const { earlier, later, line, range } = this;
    range.setAttribute("aria-valuetext", `${range.value} in 100 of the earlier picture`);
    if (!this.isOver) return;
    const [width, height] = [later.sheet.offsetWidth, later.sheet.offsetHeight];
    const rect = later.rect;
    const from = Math.max(rect.left, later.view.scrollLeft);
    const to = Math.min(rect.left + rect.width, later.view.scrollLeft + later.view.clientWidth);
    const at = from + ((to - from) * Number(range.value)) / 100;
    const below = height - rect.top - rect.height;
    earlier.sheet.style.clipPath = `inset(${rect.top}px ${width - at}px ${below}px ${rect.left}px)`;
    this.lay(rect);
    Object.assign(line.style, { left: `${at}px`, top: `${rect.top}px`, height: `${rect.height}px` });
  }

  /** Two that nobody could align lie as they are. @param {Rect} rect of the later picture */
  lay(rect) {
    const { earlier } = this;
    const size = contained(SIDE, SIDE, earlier.shape);
    const laid = this.plane ? after(onto(rect), this.plane) : onto(earlier.rect);
    Object.assign(earlier.image.style, {
      width: `${size.width}px`,
      height: `${size.height}px`,
      transform: asTransform(after(laid, back(onto({ ...size, left: 0, top: 0 })))),
    });
  }

  /** @param {boolean} isOver */
  setOver(isOver) {
    const { earlier, later, line } = this;
    const middle = later.middle;
    this.isOver = isOver;
    this.box.classList.toggle("is-over", isOver);
    this.tool("apart").setAttribute("aria-pressed", String(!isOver));
    this.slide.hidden = !isOver;
    if (isOver) {
      later.image.after(earlier.sheet);
      later.sheet.append(line);
    } else {
      line.remove();
      earlier.view.append(earlier.sheet);
      earlier.sheet.style.clipPath = "";
      Object.assign(earlier.image.style, { width: "", height: "", transform: "" });
    }
    later.middle = middle;
    this.match(later, earlier);
    this.draw();
  }

  /** @param {number} wanted */
  setZoom(wanted) {
    const middle = this.later.middle;
    this.zoom = Math.min(LARGEST, Math.max(1, wanted));
    const isZoomed = this.zoom > 1;
    this.box.style.setProperty("--zoom", String(this.zoom));
    this.box.classList.toggle("is-zoomed", isZoomed);
    this.later.middle = middle;
    this.match(this.later, this.earlier);
    for (const { view } of [this.earlier, this.later]) {
      if (isZoomed) view.tabIndex = 0;
      else view.removeAttribute("tabindex");
    }
    this.tool("smaller").setAttribute("aria-disabled", String(!isZoomed));
    this.tool("larger").setAttribute("aria-disabled", String(this.zoom === LARGEST));
    this.tool("zoom").textContent = `${100 * this.zoom} %`;
    this.draw();
  }

  /** Shows the same place of the other picture, where the two are apart.
   * @param {Side} side @param {Side} other */
  match(side, other) {
    if (this.isOver) return;
    const plane = this.plane ?? AS_IT_IS;
    other.middle = taken(side === this.earlier ? plane : back(plane), side.middle);
  }

  /** @param {Side} side @param {PointerEvent} event */
  press(side, event) {
    const onScrollbar = event.target === side.view;
    const slides = this.zoom === 1 && this.isOver;
    const drags = this.zoom > 1 && event.pointerType === "mouse";
    if (event.button !== 0 || onScrollbar || !(slides || drags)) return;
    side.view.setPointerCapture(event.pointerId);
    if (slides) this.slideTo(event.clientX);
  }

  /** @param {Side} side @param {PointerEvent} event */
  drag(side, event) {
    if (!side.view.hasPointerCapture(event.pointerId)) return;
    if (this.zoom > 1) side.view.scrollBy(-event.movementX, -event.movementY);
    else if (this.isOver) this.slideTo(event.clientX);
  }

  /** @param {number} x of the window */
  slideTo(x) {
    const { left, width } = this.later.rect;
    const at = (x - this.later.sheet.getBoundingClientRect().left - left) / width;
    this.range.value = String(Math.round(100 * at));
    this.draw();
  }
}

for (const box of document.querySelectorAll("[data-compare]")) new Comparison(box);
