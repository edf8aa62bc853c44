// Owns the queue of the desk: which item is open, the keys and buttons that decide, and the way back.
// What waits, who looks at what and what is decided is the server's; this page fetches it anew.

const root = /** @type {HTMLElement} */ (document.querySelector("[data-queue-page]"));
const pane = /** @type {HTMLElement} */ (root.querySelector("[data-pane]"));
const paneBody = /** @type {HTMLElement} */ (pane.querySelector("[data-pane-body]"));
const paneLease = /** @type {HTMLElement} */ (pane.querySelector("[data-pane-lease]"));
const paneChanged = /** @type {HTMLElement} */ (pane.querySelector("[data-pane-changed]"));
const toasts = /** @type {HTMLElement} */ (root.querySelector("[data-toasts]"));
const wide = matchMedia("(min-width: 900px)");
const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";

const AHEAD = 3;
const KEPT_MS = 60_000;
/** Whoever only passes an item on the way to the next does not look at it, nor is it fetched. */
const SETTLE_MS = 150;
const RENEW_MS = 60_000;
const POLL_MS = 30_000;
const GATHER_MS = 200;
const PLACE = "queue-at";
/** What is asked about the person of a report. */
const QUESTIONS = ["about", "under_18", "vulnerable"];
const WAIT = "You can decide when they have left it.";

/** The open item, as "kind-number"; empty where none is. */
let current = "";
/** Where a range of selected rows begins. */
let anchor = "";
/** Whether this page holds the lease of the open item. */
let mine = false;
/** When somebody last pressed a key or a button here. */
let acted = Date.now();
/** What is being sent, one after the other. @type {Promise<unknown>} */
let sending = Promise.resolve();
/** Items that are on their way out; a list fetched meanwhile may still hold them. */
const leaving = new Set();
/** Decisions of this page that can be undone, the last at the end. @type {{batch: string, until: number}[]} */
const decisions = [];
/** Pages of items, fetched ahead. @type {Map<string, {at: number, version: string, text: Promise<string>}>} */
const pages = new Map();
/** When an item was last opened; what follows within `SETTLE_MS` is in passing. */
let openedAt = 0;
/** @type {ReturnType<typeof setTimeout> | 0} */
let settle = 0;
/** @type {ReturnType<typeof setTimeout> | 0} */
let gather = 0;

// Rows.

/** @returns {HTMLElement[]} */
const rows = () => [...root.querySelectorAll(".triage__row")];
/** @param {string} key */
const rowOf = (key) => rows().find((row) => row.dataset.item === key);
const currentRow = () => rowOf(current);
/** @returns {HTMLInputElement[]} */
const picks = () => [...root.querySelectorAll('.triage__pick input:checked')];

function markCurrent() {
  for (const row of rows()) {
    if (row.dataset.item === current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** @param {string} text */
const parse = (text) => new DOMParser().parseFromString(text, "text/html");

// The pane.

/** @param {HTMLElement} row
 * @param {boolean} ahead Whether nobody looks at it yet.
 * @returns {Promise<string>} */
function fetchPage(row, ahead) {
  const address = row.querySelector("a.queue__title").getAttribute("href");
  const { version = "" } = row.dataset;
  const kept = pages.get(address);
  if (kept && kept.version === version && Date.now() - kept.at < KEPT_MS) return kept.text;
  const headers = { Accept: "text/html", "X-Pane": "1", ...(ahead ? { "X-Ahead": "1" } : {}) };
  const text = fetch(address, { headers }).then((response) => {
    if (!response.ok || response.redirected) throw new Error(`${address} answered ${response.status}`);
    return response.text();
  });
  pages.set(address, { at: Date.now(), version, text });
  text.catch(() => pages.delete(address));
  return text;
}

/** @param {Document} page */
function show(page) {
  paneChanged.hidden = true;
  paneBody.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
}

/** Open an item beside the list, or instead of it on a phone.
 * @param {HTMLElement | undefined} row */
function open(row) {
  clearTimeout(settle);
  mine = false;
  if (current !== (row?.dataset.item ?? "")) paneBody.replaceChildren(); // no key decides about what one has left
  current = row?.dataset.item ?? "";
  markCurrent();
  paneLease.textContent = "";
  paneChanged.hidden = true;
  root.classList.toggle("has-item", Boolean(row));
  pane.hidden = !row;
  if (!row) return;
  if (wide.matches) row.scrollIntoView({ block: "nearest" });
  else scrollTo(0, 0);
  const passing = Date.now() - openedAt < SETTLE_MS;
  openedAt = Date.now();
  if (!passing) showPage(row);
  settle = setTimeout(() => {
    if (passing) showPage(row);
    lookAt("take");
    const at = rows().indexOf(row);
    for (const next of rows().slice(at + 1, at + 1 + AHEAD)) fetchPage(next, true).catch(() => undefined);
  }, SETTLE_MS);
}

/** @param {HTMLElement} row */
async function showPage(row) {
  const key = row.dataset.item;
  try {
    const text = await fetchPage(row, false);
    if (current === key) show(parse(text));
  } catch {
    if (current === key) paneBody.replaceChildren("This did not load. Open it again.");
  }
}

/** Tell whether the open item was changed since it was opened. Nothing is exchanged under somebody
 * who reads it or is about to press a key. */
function checkPane() {
  const read = paneBody.querySelector("[data-as-read]")?.getAttribute("data-as-read");
  const row = currentRow();
  paneChanged.hidden = !read || !row || row.dataset.version === read;
}

/** What can be typed about the open report, but for what is asked about the person.
 * @returns {Map<string, HTMLInputElement>} */
function typedFields() {
  const fields = [...paneBody.querySelectorAll(":is([data-approve], [data-reject], [data-ask]) :is(textarea, input:not([type=hidden]))")];
  const isTicked = (field) => field.matches("[type=checkbox], [type=radio]");
  const kept = fields.filter((field) => !QUESTIONS.includes(field.name));
  return new Map(kept.map((field) => [`${field.form.getAttribute("action")} ${field.name} ${isTicked(field) ? field.value : ""}`, field]));
}

/** Show what the open item says now. What was typed stays; the person is asked about again, since
 * what was answered was about other words. */
async function renew() {
  const row = currentRow();
  if (!row) return;
  const typed = typedFields();
  pages.delete(row.querySelector("a.queue__title").getAttribute("href"));
  await showPage(row);
  for (const [name, field] of typedFields()) {
    const before = typed.get(name);
    if (before) [field.value, field.checked] = [before.value, before.checked];
  }
  pane.scrollTop = 0;
  pane.focus({ preventScroll: true });
}

/** @param {number} step */
function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.item === current);
  const next = all[at < 0 ? 0 : at + step];
  if (next) open(next);
}

function back() {
  if (!current) return;
  const row = currentRow();
  lookAt("free");
  open(undefined);
  row?.querySelector("a")?.focus();
}

// Who looks at what.

/** @param {"take" | "renew" | "free"} act */
async function lookAt(act) {
  const row = currentRow();
  if (!row) return;
  const key = current;
  const data = new FormData();
  for (const [name, value] of Object.entries({ kind: row.dataset.kind, item: row.dataset.id, page: root.dataset.queuePage, do: act })) data.set(name, value);
  const response = await fetch("/desk/queue/lease", { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": token } }).catch(() => null);
  if (!response?.ok || current !== key) return;
  const told = await response.json();
  mine = told.mine;
  paneLease.textContent = told.looked_at_by ? `${told.looked_at_by} is looking at this. ${WAIT}` : "";
}

/** Whether somebody sits here: a page that was left open takes nothing from others by itself. */
const isHere = () => Date.now() - acted < RENEW_MS;

/** The server let go of what this page held when its socket closed. Whoever is here takes it again.
 * For nobody it stays free, or a page left open would shut others out at each hiccup of the network. */
function connected() {
  if (mine && isHere()) lookAt("renew");
  else mine = false;
}

/** Take over from the list who looks at the open item, for a page that may not ask by taking it. */
function readLease() {
  const chip = currentRow()?.querySelector("[data-lease]");
  if (chip) mine = false;
  if (currentRow() && !mine) paneLease.textContent = chip ? `${chip.textContent.trim()}. ${WAIT}` : "";
}

// Toasts.

/** @param {string} words
 * @param {string} [tone] */
function say(words, tone = "info") {
  const told = document.createElement("div");
  told.className = `flash flash--${tone}`;
  const line = document.createElement("p");
  line.textContent = words;
  told.append(line);
  toasts.replaceChildren(told);
}

/** What the server said: its messages, and the way to take a decision back.
 * @param {Document} page */
function tell(page) {
  const told = [...page.querySelectorAll(".flash, .undo-toast")];
  if (!told.length) return;
  toasts.replaceChildren(...told.map((one) => document.importNode(one, true)));
  const toast = /** @type {HTMLElement | null} */ (toasts.querySelector(".undo-toast"));
  if (!toast) return;
  const lasts = Number(toast.dataset.seconds) * 1000;
  decisions.push({ batch: toast.dataset.batch, until: Date.now() + lasts });
  setTimeout(() => toast.remove(), lasts);
}

// Decisions.

/** @param {string} address
 * @param {FormData} data
 * @returns {Promise<{ok: boolean, status: number, page: Document}>} */
async function post(address, data) {
  try {
    const response = await fetch(address, { method: "POST", body: data, headers: { Accept: "text/html", "X-Pane": "1", "X-CSRFToken": token } });
    if (response.status === 401) location.reload();
    return { ok: response.ok, status: response.status, page: parse(await response.text()) };
  } catch {
    return { ok: false, status: 0, page: parse("") };
  }
}

/** @param {{status: number, page: Document}} answer */
function sayWhyNot({ status, page }) {
  const words = page.querySelector(".flash p") ?? page.querySelector("main p:not(.meta)");
  say(status === 0 ? "That was not sent. Try again." : words?.textContent?.trim() || "This cannot be done.", "danger");
}

/** Take rows away at once and go on; they come again where the server refuses.
 * @param {string[]} keys
 * @param {string} address
 * @param {FormData} data */
function decide(keys, address, data) {
  const at = Math.max(0, rows().findIndex((row) => row.dataset.item === current));
  const isCurrent = keys.includes(current);
  for (const key of keys) {
    leaving.add(key);
    rowOf(key)?.remove();
  }
  if (isCurrent) open(rows()[at] ?? rows()[at - 1]);
  sending = sending.then(async () => {
    const answer = await post(address, data);
    for (const key of keys) leaving.delete(key);
    if (answer.ok) tell(answer.page);
    else {
      sayWhyNot(answer);
      unsent = String(data.get("words") ?? "");
      pages.clear(); // what is opened next is read anew
    }
    refreshSoon();
  });
}

/** Send a form of the pane; the server's answer stands in the pane where it asks for more.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button */
async function submit(form, button) {
  const key = current;
  const data = new FormData(form, button);
  const address = form.getAttribute("action");
  await sending;
  const answer = await post(address, data);
  if (!answer.ok && answer.status !== 422) {
    form.dispatchEvent(new CustomEvent("form:free", { bubbles: true }));
    sayWhyNot(answer);
    pages.clear(); // what is opened next is read anew
    if (current === key && answer.page.querySelector("[data-as-read]")) {
      show(answer.page); // it was changed: here is what it says now, with what was typed
      pane.focus();
    }
    refreshSoon();
    return;
  }
  const at = rows().findIndex((row) => row.dataset.item === key);
  tell(answer.page);
  pages.clear();
  if (answer.status === 422) {
    show(answer.page);
    paneBody.querySelector(".govuk-error-summary")?.focus();
    return;
  }
  await refresh();
  if (current === key && !rowOf(key)) {
    open(rows()[at] ?? rows()[at - 1]);
    pane.focus({ preventScroll: true });
  } else if (current === key && answer.page.querySelector(".bare")) show(answer.page);
}

/** @param {Record<string, string>} values */
function formOf(values) {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

/** Selected reports, each with the version that the list showed. @returns {[string, string][]} */
const selected = () => picks().map((pick) => [pick.value, rowOf(`report-${pick.value}`)?.dataset.version ?? ""]);

/** @param {string} act
 * @param {Record<string, string>} values
 * @param {[string, string][]} several */
function decideMany(act, values, several) {
  const chosen = several.map(([one]) => one);
  const data = formOf({ act, ...values });
  for (const [one, version] of several) {
    data.append("items", one);
    data.append("seen", `${one}:${version}`);
  }
  for (const pick of picks()) pick.checked = false;
  decide(chosen.map((one) => `report-${one}`), "/desk/queue/many", data);
}

/** Which version of a report was read: that of the page beside the list, or of the list.
 * @param {HTMLElement} row */
function asRead(row) {
  const page = paneBody.querySelector(`form[action*="${row.dataset.id}"] input[name="version"]`);
  return { version: page?.value ?? row.dataset.version ?? "" };
}

/** @returns {HTMLFormElement | null} */
const approveForm = () => paneBody.querySelector("form[data-approve]");

/** The first question about the person that has no answer. @returns {HTMLInputElement | undefined} */
function question() {
  const form = approveForm();
  for (const name of form ? QUESTIONS : []) {
    const answers = [...form.querySelectorAll(`input[type="radio"][name="${name}"]`)];
    if (answers.length && !answers.some((one) => one.checked)) return answers[0];
  }
  return undefined;
}

/** Ask the next question, or approve when all are answered. */
function goOnApproving() {
  const form = approveForm();
  const first = question();
  if (first) first.focus();
  else form?.requestSubmit(form.querySelector("button[type=submit], .govuk-button"));
}

/** Nothing about the person is answered for the manager: not who they are where somebody was
 * suggested, and never whether they are a child or vulnerable. */
function approve() {
  const row = currentRow();
  if (picks().length) decideMany("approve", {}, selected());
  else if (!row) return;
  else if (row.dataset.asksNothing !== undefined) {
    decide([current], `/desk/reports/${row.dataset.id}/approve`, formOf({ about: "nobody", ...asRead(row) }));
  } else if (row.dataset.kind === "report") {
    const about = [...(approveForm()?.querySelectorAll('input[name="about"]') ?? [])];
    const suggested = about.filter((one) => !["new", "nobody"].includes(one.value));
    if (!suggested.length && !about.some((one) => one.checked)) about.find((one) => one.value === "new")?.click();
    if (suggested.length && !about.some((one) => one.checked)) suggested[0].focus();
    else goOnApproving();
  } else yes()?.focus();
}

/** Pictures are compared, and people let in, with a look and not by one key: it takes Enter on the button as well. */
const yes = () => /** @type {HTMLElement | null} */ (paneBody.querySelector('[value="same"], [value="used"], form[action$="/approved"] button, a.govuk-button'));
const no = () => /** @type {HTMLElement | null} */ (paneBody.querySelector('[value="different"], [value="not used"], form[action$="/refused"] button'));

/** @param {"yes" | "no"} word */
function answer(word) {
  const first = question();
  if (!first || first.name === "about" || document.activeElement?.getAttribute("name") !== first.name) return;
  /** @type {HTMLInputElement} */ (approveForm().querySelector(`input[name="${first.name}"][value="${word}"]`)).click();
  goOnApproving();
}

function merge() {
  const suggested = [...(approveForm()?.querySelectorAll('input[name="about"]') ?? [])].find((one) => !["new", "nobody"].includes(one.value));
  if (!suggested) {
    say("Nobody was suggested for this.");
    return;
  }
  suggested.click();
  goOnApproving();
}

function chooseGallery() {
  const first = paneBody.querySelector('input[name="galleries"]');
  if (first) first.focus();
  else say("There is no gallery to choose here.");
}

function edit() {
  const link = paneBody.querySelector("a[data-edit]");
  if (!link) {
    say("There is no photo to edit here.");
    return;
  }
  sessionStorage.setItem(PLACE, current);
  location.assign(`${link.getAttribute("href")}?queue=1`);
}

/** @param {boolean} range */
function select(range) {
  const row = currentRow();
  const box = row?.querySelector("input");
  if (!box) return;
  const from = rows().findIndex((one) => one.dataset.item === anchor);
  if (range && from >= 0) {
    const to = rows().indexOf(row);
    for (const one of rows().slice(Math.min(from, to), Math.max(from, to) + 1)) {
      const pick = one.querySelector("input");
      if (pick) pick.checked = true;
    }
  } else box.checked = !box.checked;
  anchor = current;
}

/** @param {string} [batch] */
function undo(batch) {
  sending = sending.then(async () => {
    const last = decisions.findLast((one) => one.until > Date.now());
    const wanted = batch ?? last?.batch;
    if (!wanted) {
      say("There is nothing to undo.");
      return;
    }
    const answer = await post(`/desk/queue/undo/${wanted}`, new FormData());
    const at = decisions.findIndex((one) => one.batch === wanted);
    if (at >= 0) decisions.splice(at, 1);
    toasts.replaceChildren();
    if (answer.ok) tell(answer.page);
    else sayWhyNot(answer);
    pages.clear();
    await refresh();
    if (!current && wide.matches) open(rows()[0]);
  });
}

// The list, fetched anew.

/** The fetching under way. @type {Promise<void> | null} */
let refreshing = null;
let again = false;

/** Fetch the list anew; who asks while that goes on waits for one that was asked for after them.
 * @returns {Promise<void>} */
function refresh() {
  again = true;
  refreshing ??= fetchLists().finally(() => { refreshing = null; });
  return refreshing;
}

async function fetchLists() {
  while (again) {
    again = false;
    const response = await fetch("/desk/queue/list", { headers: { Accept: "text/html" } }).catch(() => null);
    if (response?.ok && !response.redirected) replaceList(parse(await response.text()));
  }
}

/** @param {Document} page */
function replaceList(page) {
  const list = page.querySelector("[data-queue-list]");
  const old = root.querySelector("[data-queue-list]");
  if (!list || !old) return;
  const chosen = new Set(picks().map((pick) => pick.value));
  const held = document.activeElement?.closest(".triage__row");
  const [key, tag] = [held?.getAttribute("data-item"), document.activeElement?.tagName];
  old.replaceWith(document.importNode(list, true));
  for (const row of rows()) {
    const pick = row.querySelector("input");
    if (leaving.has(row.dataset.item)) row.remove();
    else if (pick && chosen.has(pick.value)) pick.checked = true;
  }
  markCurrent();
  if (key && tag) rowOf(key)?.querySelector(tag)?.focus({ preventScroll: true });
  checkPane();
  if (current && !currentRow()) paneLease.textContent = "This is not in the queue any more.";
}

function refreshSoon() {
  gather ||= setTimeout(async () => {
    gather = 0;
    await refresh();
    readLease();
    if (current && !mine && !leaving.size && isHere()) lookAt("renew");
  }, GATHER_MS);
}

// Sheets.

/** @param {string} name
 * @returns {HTMLDialogElement} */
const sheet = (name) => root.querySelector(`[data-sheet="${name}"]`);
const openSheet = () => /** @type {HTMLDialogElement | null} */ (root.querySelector("dialog[open]"));
/** The reason that waits for more. */
let reason = "";
/** Words of a reason that was refused, for the next time that the sheet is opened. */
let unsent = "";
/** What the sheet of reasons was opened for: the list and the open item may change under it.
 * @type {{several: [string, string][], one: string, read: {version: string}}} */
let rejecting = { several: [], one: "", read: { version: "" } };

function reject() {
  const row = currentRow();
  const chosen = picks().length;
  if (!chosen && row?.dataset.kind !== "report") {
    no()?.focus();
    return;
  }
  const dialog = sheet("reject");
  reason = "";
  rejecting = chosen ? { several: selected(), one: "", read: { version: "" } } : { several: [], one: row.dataset.id, read: asRead(row) };
  dialog.querySelector("form").reset();
  dialog.querySelector("#sheet-words").value = unsent;
  unsent = "";
  for (const part of dialog.querySelectorAll("[data-sheet-words], [data-sheet-typed], [data-sheet-send]")) part.hidden = true;
  for (const button of dialog.querySelectorAll("[data-reason]")) button.setAttribute("aria-pressed", "false");
  dialog.querySelector("[data-sheet-count]").textContent = chosen ? `${chosen} report${chosen === 1 ? "" : "s"}` : "this report";
  dialog.showModal();
}

/** @param {string} chosen */
function chooseReason(chosen) {
  const dialog = sheet("reject");
  reason = chosen;
  for (const button of dialog.querySelectorAll("[data-reason]")) button.setAttribute("aria-pressed", String(button.dataset.reason === chosen));
  const words = chosen === "other";
  const typed = rejecting.several.length > Number(root.dataset.askedFrom);
  dialog.querySelector("[data-sheet-words]").hidden = !words;
  dialog.querySelector("[data-sheet-typed]").hidden = !typed;
  dialog.querySelector("[data-sheet-send]").hidden = !(words || typed);
  if (words) dialog.querySelector("#sheet-words").focus();
  else if (typed) dialog.querySelector("#sheet-typed").focus();
  else sendReason();
}

function sendReason() {
  const dialog = sheet("reject");
  const values = { why: reason, words: dialog.querySelector("#sheet-words").value };
  const count = dialog.querySelector("#sheet-typed").value;
  if (reason === "other" && !values.words.trim()) {
    dialog.querySelector("#sheet-words").focus();
    return;
  }
  dialog.close();
  const { several, one, read } = rejecting;
  if (several.length) decideMany("reject", { ...values, count }, several);
  else decide([`report-${one}`], `/desk/reports/${one}/reject`, formOf({ ...values, ...read }));
}

// Keys and buttons.

/** @type {Record<string, (event: Event) => void>} */
const ACTS = {
  next: () => move(1),
  previous: () => move(-1),
  approve,
  reject,
  edit,
  merge,
  gallery: chooseGallery,
  select: (event) => select(event instanceof KeyboardEvent && event.shiftKey),
  renew,
  undo: () => undo(),
  help: () => sheet("help").showModal(),
  back,
};
const KEYS = { j: "next", k: "previous", a: "approve", r: "reject", e: "edit", m: "merge", g: "gallery", x: "select", z: "undo", "?": "help" };

/** Whether keys go into a field. @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
}

/** @param {KeyboardEvent} event */
function press(event) {
  acted = Date.now();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && !openSheet() && !isTyping(event.target)) back();
  if (root.dataset.singleKeys === undefined || isTyping(event.target) || document.querySelector("#cover:not([hidden])")) return;
  const key = event.key.toLowerCase();
  if (openSheet()) {
    const reasons = openSheet()?.querySelectorAll("[data-reason]");
    const chosen = reasons?.[Number(key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chooseReason(chosen.dataset.reason);
  } else if (key === "y" || key === "n") answer(key === "y" ? "yes" : "no");
  else if (Object.hasOwn(KEYS, key)) {
    event.preventDefault();
    ACTS[KEYS[key]](event);
  }
}

/** @param {MouseEvent} event */
function click(event) {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest("[data-do], [data-reason], [data-close]");
  const link = target.closest(".triage__row a.queue__title");
  if (button?.hasAttribute("data-do")) ACTS[button.dataset.do](event);
  else if (button?.hasAttribute("data-reason")) chooseReason(button.dataset.reason);
  else if (button) openSheet()?.close();
  else if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    event.preventDefault();
    open(link.closest(".triage__row"));
  }
}

/** @param {SubmitEvent} event */
function submitted(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.hasAttribute("data-undo")) {
    event.preventDefault();
    undo(form.getAttribute("action").split("/").pop());
  } else if (form.hasAttribute("data-sheet-form")) {
    event.preventDefault();
    sendReason();
  } else if (pane.contains(form) && form.method === "post") {
    event.preventDefault();
    submit(form, event.submitter);
  }
}

function start() {
  root.classList.add("has-script");
  root.querySelector("[data-tools]").hidden = false;
  document.addEventListener("keydown", press);
  document.addEventListener("pointerdown", () => { acted = Date.now(); });
  root.addEventListener("click", click);
  root.addEventListener("submit", submitted);
  document.addEventListener("queue:changed", ({ detail }) => {
    // What was fetched ahead of that item may say something else now. An answer to one pair answers others.
    const isOld = (address) => address.endsWith(detail.id) || (detail.kind === "pair" && address.includes("/duplicates/"));
    for (const address of detail ? [...pages.keys()] : []) if (isOld(address)) pages.delete(address);
    refreshSoon();
  });
  document.addEventListener("queue:connected", connected);
  setInterval(() => { if (isHere() && current) lookAt("renew"); }, RENEW_MS);
  setInterval(() => { if (document.visibilityState === "visible") refreshSoon(); }, POLL_MS);
  const place = sessionStorage.getItem(PLACE) ?? "";
  sessionStorage.removeItem(PLACE);
  if (rowOf(place)) open(rowOf(place));
  else if (wide.matches) open(rows()[0]);
}

start();
