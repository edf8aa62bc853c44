// Owns a report's own page: it shows what became of the report as soon as that is known.

const LEADS_MS = 10_000;

const heading = document.querySelector("[data-report]");
const id = heading.dataset.report;
/** Whether a form of this page holds words, now or as the server gave them back. */
let touched = document.querySelector("[data-clash]") !== null;
/** Until when a tap may lead on: to load this page again would take it back. */
let leadsUntil = 0;

document.addEventListener("input", ({ target }) => {
  if (target.closest?.("form[method='post']")) touched = true;
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("a, button")) leadsUntil = performance.now() + LEADS_MS;
});

/** Load the page again, unless that would take something away: alerts.js then says the news. */
function showNews(event) {
  if (event.detail !== id || touched || performance.now() < leadsUntil) return;
  event.stopPropagation();
  location.reload();
}

/** Something may have become of it while this page was deaf. */
async function askWhatBecame({ detail }) {
  if (detail) return; // Somebody else's work, at the desk.
  const response = await fetch(`/my-reports/${id}/moved`, { headers: { Accept: "application/json" } }).catch(() => undefined);
  if (!response?.ok || response.redirected) return; // alerts.js asks the same server, and says why.
  const { moved } = await response.json();
  if (moved !== heading.dataset.moved) document.dispatchEvent(new CustomEvent("report:moved", { detail: id }));
}

globalThis.addEventListener("report:moved", showNews, true); // before alerts.js
document.addEventListener("queue:changed", askWhatBecame);
