// Owns the faces of the gallery on the report page: asked for by a tap, searched by name, chosen by a tap.

/** @param {string} address
 * @param {RequestInit} [how]
 * @returns {Promise<Document>} */
async function pageAt(address, how) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, ...how });
  if (!response.ok || response.redirected) throw new Error(`${address} answered ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** One chosen person: a ticked box with the face, which a second tap takes back.
 * @param {HTMLButtonElement} face */
function chosen(face) {
  const holder = document.createElement("div");
  holder.className = "pick";
  const label = document.createElement("label");
  label.className = "pick__label";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "known", checked: true });
  box.className = "pick__input";
  box.value = face.dataset.known;
  box.addEventListener("change", () => holder.remove());
  const name = face.querySelector(".face__name").cloneNode(true);
  name.className = "pick__name";
  label.append(box, face.querySelector(".frame").cloneNode(true), name);
  holder.append(label);
  return holder;
}

/** Shows the faces in place of the button, and what is chosen above them.
 * @param {HTMLButtonElement} button */
export async function pick(button) {
  const place = button.closest("[data-picked]");
  const faces = document.createElement("div");
  faces.className = "pick-list";
  const list = document.createElement("div");
  let asked = 0;
  const draw = async (how) => {
    asked += 1;
    const mine = asked;
    const page = await pageAt(button.formAction, how);
    if (mine !== asked) return; // somebody searched again meanwhile
    list.replaceChildren(document.importNode(page.querySelector("[data-pick-list]"), true));
    for (const face of list.querySelectorAll("[data-known]")) face.addEventListener("click", take);
  };
  const take = (event) => {
    event.preventDefault();
    const face = event.currentTarget;
    if (!place.querySelector(`input[value="${CSS.escape(face.dataset.known)}"]`)) faces.before(chosen(face));
    faces.remove();
    button.parentElement.hidden = false;
    button.focus();
    place.dispatchEvent(new Event("change", { bubbles: true }));
  };
  await draw();
  faces.append(searching(draw, button), list);
  button.parentElement.hidden = true;
  place.append(faces);
}

/** A field outside any form of its own: it stands inside the report's.
 * @param {(how: RequestInit) => Promise<void>} draw
 * @param {HTMLButtonElement} asking */
function searching(draw, asking) {
  const row = document.createElement("div");
  row.className = "pick-search";
  const label = document.createElement("label");
  label.className = "govuk-label";
  label.htmlFor = "pick-words";
  label.textContent = "Name or number";
  const field = Object.assign(document.createElement("input"), { id: "pick-words", type: "search", autocomplete: "off" });
  field.className = "govuk-input";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = "Search";
  const search = () => {
    const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
    draw({ method: "POST", headers: { "X-CSRFToken": token, Accept: "text/html" }, body: new URLSearchParams({ called: field.value }) })
      .catch(() => asking.dispatchEvent(new Event("pick:failed")));
  };
  button.addEventListener("click", search);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search();
  });
  row.append(label, field, button);
  return row;
}
