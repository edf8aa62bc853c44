// Owns a box on a picture: drawn with a pointer, moved by keys, or typed elsewhere.
// edit.js and quality.js load it.

const SVG = "http://www.w3.org/2000/svg";
/** Per cent that a key moves the box, and that a box has at least. */
const KEY_STEP = 1;
const LEAST = 1;
const WORDS = "A box on the picture. The arrow keys move it. With Shift they change its size.";
const KEYS = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]);

/** Left, top, right, bottom, in per cent of the picture.
 * @typedef {[number, number, number, number]} Box
 * @typedef {{box: Box | null}} Held What keeps the box, and whose setter may do more. */

/** @param {number} value */
export function within(value) {
  return Math.min(100, Math.max(0, Math.round(value * 10) / 10));
}

/** @param {HTMLElement} editor
 * @returns {{sheet: SVGSVGElement, lines: SVGRectElement[]}} */
function makeSheet(editor) {
  const sheet = document.createElementNS(SVG, "svg");
  const attributes = { class: "editor__sheet", viewBox: "0 0 100 100", preserveAspectRatio: "none", tabindex: "0", role: "application", "aria-label": WORDS };
  for (const [name, value] of Object.entries(attributes)) sheet.setAttribute(name, value);
  const lines = ["under", "over"].map((line) => {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", `compare__box compare__box--${line}`);
    return rect;
  });
  sheet.append(...lines);
  editor.append(sheet);
  return { sheet, lines };
}

/** Puts a sheet over the picture in a frame, on which a box is drawn.
 * @param {HTMLElement} editor
 * @param {Held} held
 * @returns {() => void} draws the box again after it was changed elsewhere */
export function boxOn(editor, held) {
  const { sheet, lines } = makeSheet(editor);
  const draw = () => {
    const box = held.box;
    for (const line of lines) {
      const [left, top, right, bottom] = box ?? [0, 0, 0, 0];
      const sides = { x: left, y: top, width: right - left, height: bottom - top };
      for (const [name, value] of Object.entries(sides)) line.setAttribute(name, String(value));
      line.setAttribute("visibility", box ? "visible" : "hidden");
    }
  };
  const put = (box) => {
    held.box = box;
    draw();
  };
  followPointer(sheet, held, put);
  followKeys(sheet, held, put);
  draw();
  return draw;
}

/** @param {SVGSVGElement} sheet
 * @param {PointerEvent} event
 * @returns {[number, number]} */
function pointOf(sheet, event) {
  const { left, top, width, height } = sheet.getBoundingClientRect();
  return [within((100 * (event.clientX - left)) / width), within((100 * (event.clientY - top)) / height)];
}

/** @param {SVGSVGElement} sheet
 * @param {Held} held
 * @param {(box: Box | null) => void} put */
function followPointer(sheet, held, put) {
  let from = null;
  let before = null;
  sheet.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    before = held.box;
    from = pointOf(sheet, event);
    sheet.setPointerCapture(event.pointerId);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!from || !event.isPrimary) return;
    const [[a, b], [x, y]] = [from, pointOf(sheet, event)];
    put([Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)]);
  });
  const end = (event) => {
    if (!from) return;
    const [[a, b], [x, y]] = [from, pointOf(sheet, event)];
    from = null;
    // A tap, or a finger that the browser took for something else, draws nothing.
    if (event.type === "pointercancel" || Math.abs(x - a) < LEAST || Math.abs(y - b) < LEAST) put(before);
  };
  for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, end);
}

/** @param {SVGSVGElement} sheet
 * @param {Held} held
 * @param {(box: Box | null) => void} put */
function followKeys(sheet, held, put) {
  sheet.addEventListener("keydown", (event) => {
    const way = KEYS.get(event.key);
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [left, top, right, bottom] = held.box ?? [40, 40, 60, 60];
    const [x, y] = way.map((each) => each * KEY_STEP);
    if (event.shiftKey) {
      put([left, top, Math.min(100, Math.max(left + LEAST, right + x)), Math.min(100, Math.max(top + LEAST, bottom + y))]);
      return;
    }
    const across = Math.min(100 - right, Math.max(-left, x));
    const down = Math.min(100 - bottom, Math.max(-top, y));
    put([left + across, top + down, right + across, bottom + down]);
  });
}
