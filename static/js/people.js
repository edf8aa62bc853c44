/* Finds people in the list of a page: nothing that is typed here leaves the page. */

const box = document.querySelector("[data-people-filter]");
const rows = [...document.querySelectorAll("[data-people] > [data-state]")];

function plain(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

if (box && rows.length > 1) {
  const [words, state, role] = ["find", "find-state", "find-role"].map((name) => box.querySelector(`[data-${name}]`));
  const found = box.querySelector("[data-found]");
  const texts = new Map(rows.map((row) => [row, plain(row.textContent)]));

  const filter = () => {
    const typed = plain(words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits =
        typed.every((word) => texts.get(row).includes(word)) &&
        (!state.value || row.dataset.state === state.value) &&
        (!role.value || row.dataset.role === role.value);
      row.hidden = !fits;
      shown += fits;
    }
    const all = shown === rows.length;
    found.textContent = all ? "" : shown ? `${shown} of ${rows.length} shown` : "Nobody fits. Try fewer words.";
  };

  for (const field of [words, state, role]) field.addEventListener("input", filter);
  box.hidden = false;
  filter();
}
