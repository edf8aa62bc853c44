// Owns a report's own page: it shows what became of the report as soon as that is known.

const LEADS_MS = 10_000;

const heading = document.querySelector("[data-report]");
const id = heading.dataset.report;
/** Whether a form of this page holds words, now or as the server gave them back, or a video goes. */
let touched = document.querySelector("[data-clash]") !== null;
/** Until when its reader may be on the way elsewhere: to load this page again would keep them. */
let leadsUntil = 0;
/** Whether alerts.js is to say the news, on top of the page. */
let saysIt = false;

function noteLeading() {
  leadsUntil = performance.now() + LEADS_MS;
}

/** Return when something last became of it; nothing where that cannot be asked now. */
async function askWhen() {
  const response = await fetch(`/my-reports/${id}/moved`, { headers: { Accept: "application/json" } });
  return response.ok && !response.redirected ? (await response.json()).moved : undefined;
}

/** Show what is not on the page yet: it may have been made after what it now hears of.
 * @param {boolean} isTold Whether somebody said that there is news. */
async function askWhatBecame(isTold) {
  const moved = await askWhen().catch(() => undefined);
  if (moved === heading.dataset.moved) return;
  if (moved && !touched && performance.now() > leadsUntil) location.reload();
  else if (moved || isTold) sayNews();
}

function sayNews() {
  saysIt = true;
  document.dispatchEvent(new CustomEvent("report:moved", { detail: id }));
  saysIt = false;
}

document.addEventListener("input", ({ target }) => {
  if (target.closest?.("form[method='post'], [data-video]")) touched = true;
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("a, button")) noteLeading();
});
globalThis.addEventListener("beforeunload", noteLeading); // Back, or an address; an iPhone tells of none
// On the window, so before alerts.js, which says the news of every other report.
globalThis.addEventListener("report:moved", (event) => {
  if (event.detail !== id || saysIt) return;
  event.stopPropagation();
  askWhatBecame(true);
}, true);
// After a silence, and every ten seconds where there is no socket; with a detail it is the desk's.
document.addEventListener("queue:changed", ({ detail }) => {
  if (!detail) askWhatBecame(false);
});
