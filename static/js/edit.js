// Owns the page on which a picture is edited: the four fields of the box, which the server reads.

const SIDES = ["left", "top", "right", "bottom"];

/** The four fields; what stands in them is the box. */
class Fields {
  /** @param {ParentNode} root
   * @param {(value: number) => number} within */
  constructor(root, within) {
    this.within = within;
    this.inputs = SIDES.map((side) => root.querySelector(`[data-box="${side}"]`));
  }

  /** @returns {[number, number, number, number] | null} */
  get box() {
    const sides = this.inputs.map((input) => (input.value.trim() === "" ? Number.NaN : Number(input.value)));
    const [left, top, right, bottom] = sides;
    return sides.every(Number.isFinite) && left < right && top < bottom ? [left, top, right, bottom] : null;
  }

  set box(sides) {
    for (const [at, input] of this.inputs.entries()) input.value = sides ? String(this.within(sides[at])) : "";
  }
}

const editor = document.querySelector("[data-editor]");
if (editor) {
  const { boxOn, within } = await import(editor.dataset.boxSrc);
  const fields = new Fields(document, within);
  const draw = boxOn(editor, fields);
  for (const input of fields.inputs) input.addEventListener("input", draw);
}
