// Owns a report's own page: it shows what became of the report as soon as that is known.

const LEADS_MS = 10_000;

const heading = document.querySelector("[data-report]");
const id = heading.dataset.report;
/** Whether a form of this page holds words, now or as the server gave them back. */
let touched = document.querySelector("[data-clash]") !== null;
/** Until when its reader may be on the way elsewhere: to load this page again would keep them. */
let leadsUntil = 0;
/** Whether alerts.js is to say the news, on top of the page. */
let saysIt = false;

function noteLeading() {
  leadsUntil = performance.now() + LEADS_MS;
}

/** Ask whether it is news: the page may have been made after what it now hears of. */
async function askWhatBecame() {
  const response = await fetch(`/my-reports/${id}/moved`, { headers: { Accept: "application/json" } }).catch(() => undefined);
  if (!response?.ok || response.redirected) return; // alerts.js asks the same server, and says why.
  const { moved } = await response.json();
  if (moved !== heading.dataset.moved) showNews();
}

/** Load the page again, unless that would take something away. */
function showNews() {
  if (!touched && performance.now() > leadsUntil) {
    location.reload();
    return;
  }
  saysIt = true;
  document.dispatchEvent(new CustomEvent("report:moved", { detail: id }));
  saysIt = false;
}

document.addEventListener("input", ({ target }) => {
  if (target.closest?.("form[method='post']")) touched = true;
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("a, button")) noteLeading();
});
globalThis.addEventListener("beforeunload", noteLeading); // Back, or an address; an iPhone tells of none
// On the window, so before alerts.js, which says the news of every other report.
globalThis.addEventListener("report:moved", (event) => {
  if (event.detail !== id || saysIt) return;
  event.stopPropagation();
  askWhatBecame();
}, true);
// After a silence, and every ten seconds where there is no socket; with a detail it is the desk's.
document.addEventListener("queue:changed", ({ detail }) => {
  if (!detail) askWhatBecame();
});
