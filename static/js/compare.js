// Owns the comparison of two pictures: side by side, or one over the other with a slider.

/** @param {HTMLElement} box */
function prepare(box) {
  const tools = box.querySelector(".compare__tools");
  const button = box.querySelector("[data-compare-mode]");
  const slide = box.querySelector(".compare__slide");
  const range = slide.querySelector("input");
  const draw = () => {
    box.style.setProperty("--shown", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} in 100`);
  };
  const setOver = (isOver) => {
    box.classList.toggle("is-over", isOver);
    button.setAttribute("aria-pressed", String(isOver));
    slide.hidden = !isOver;
    draw();
  };
  button.addEventListener("click", () => setOver(!box.classList.contains("is-over")));
  range.addEventListener("input", draw);
  tools.hidden = false;
}

for (const box of document.querySelectorAll("[data-compare]")) prepare(box);
