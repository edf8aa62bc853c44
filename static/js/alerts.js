// Owns live alerts on a page: hears of them, fetches their cards, closes them, plays a short sound.

const POLL_MS = 10_000;
const AGE_MS = 30_000;
const OPEN_SECONDS = 3600;
// Answers of many people come at once. Each page waits a moment of its own length, then asks once.
const CHANGE_MS = 500;
const CHANGE_SPREAD_MS = 1500;
const BUSY_MS = 3000;
const CHECK_SPREAD_MS = 3000;
const NEWEST = "alerts-after";
const MUTED = "alerts-muted";

const region = document.getElementById("live-alerts");
const list = document.querySelector("[data-live-alerts-list]") ?? region;
/** @type {AudioContext | null} */
let audio = null;
/** @type {ReturnType<typeof setInterval> | 0} */
let poll = 0;
/** @type {{disconnect: () => void} | null} */
let socket = null;

/** The newest alert that this tab knows of, as ISO time; the server replays what came later. */
function newest() {
  return sessionStorage.getItem(NEWEST) ?? "";
}

/** @param {string | undefined} raisedAt */
function remember(raisedAt) {
  if (raisedAt && raisedAt > newest()) sessionStorage.setItem(NEWEST, raisedAt);
}

// Sound: two short tones. A browser allows it only after a touch or a key.

function readySound() {
  audio ??= new AudioContext();
}

function playSound() {
  if (!audio || localStorage.getItem(MUTED) === "yes") return;
  audio.resume();
  const gain = audio.createGain();
  gain.gain.value = 0.15;
  gain.connect(audio.destination);
  for (const [index, pitch] of [660, 880].entries()) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(gain);
    tone.start(audio.currentTime + index * 0.18);
    tone.stop(audio.currentTime + index * 0.18 + 0.15);
  }
}

function offerMute() {
  for (const box of document.querySelectorAll("[data-alert-sound]")) {
    box.checked = localStorage.getItem(MUTED) !== "yes";
    box.addEventListener("change", () => {
      localStorage.setItem(MUTED, box.checked ? "no" : "yes");
      if (box.checked) playSound();
    });
  }
}

// Cards. They come as markup of this site, already escaped by its templates.

/** @param {string} id */
function cardOf(id) {
  return document.getElementById(`alert-${id}`);
}

/** @param {string} id
 * @returns {Promise<Element | null>} */
async function fetchCard(id) {
  const response = await fetch(`/alerts/${encodeURIComponent(id)}/card`, { headers: { Accept: "text/html" } });
  if (response.redirected) goOn(response);
  if (!response.ok || response.redirected) return null;
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return parsed.querySelector(".alert-card");
}

/** A page without htmx gets it with its first card, so that Seen does not leave a half-written report. */
function wakeHtmx(card) {
  if (globalThis.htmx) {
    globalThis.htmx.process(card);
    return;
  }
  if (document.querySelector("script[data-htmx]")) return;
  const script = document.createElement("script");
  script.dataset.htmx = "";
  script.src = region.dataset.htmxSrc;
  script.addEventListener("load", () => {
    for (const known of document.querySelectorAll(".alert-card")) globalThis.htmx.process(known);
  });
  document.head.append(script);
}

/** Whose own alert is on its way need not be warned of it: the next page shows it. */
function isRaising() {
  return document.querySelector("form[data-raises-alert][data-busy-form]") !== null;
}

/** @param {{id: string, raised_at?: string}} alert */
async function addAlert({ id, raised_at: raisedAt }) {
  if (cardOf(id) || isRaising()) return;
  const card = await fetchCard(id).catch(() => undefined);
  if (card === undefined) return; // The network failed: not remembered, so it is sent again.
  remember(raisedAt);
  if (!card || cardOf(id)) return;
  list.prepend(document.importNode(card, true));
  for (const words of document.querySelectorAll("[data-no-alerts]")) words.hidden = true;
  wakeHtmx(cardOf(id));
  tick();
  playSound();
}

/** Cards that will be fetched again soon. @type {Set<string>} */
const changing = new Set();

/** @param {{id: string}} alert */
function changeAlert({ id }) {
  if (!cardOf(id) || changing.has(id)) return;
  changing.add(id);
  setTimeout(() => replaceCard(id), CHANGE_MS + Math.random() * CHANGE_SPREAD_MS);
}

/** @param {string} id */
async function replaceCard(id) {
  changing.delete(id);
  const card = await fetchCard(id).catch(() => null);
  const old = cardOf(id);
  if (!card || !old) return;
  if (old.querySelector("button:focus")) {
    changeAlert({ id }); // Buttons must not move under a finger: later, then.
    return;
  }
  old.replaceWith(document.importNode(card, true));
  wakeHtmx(cardOf(id));
  tick();
}

/** On its own page an alert that is over says so; elsewhere it goes.
 * @param {{id: string}} alert */
function removeAlert({ id }) {
  const own = document.querySelector(`[data-alert-page="${CSS.escape(id)}"]`);
  if (!own) cardOf(id)?.remove();
  else if (cardOf(id)?.dataset.closesIn !== undefined) location.reload();
}

// Time. The server says how many seconds are left, so a phone's wrong clock does not matter.

function tick() {
  const passed = performance.now() / 1000;
  for (const card of document.querySelectorAll(".alert-card[data-closes-in]")) {
    card.dataset.closesAt ??= String(passed + Number(card.dataset.closesIn));
    const id = card.id.replace(/^alert-/, "");
    if (passed >= Number(card.dataset.closesAt)) removeAlert({ id });
    else showAge(card, OPEN_SECONDS - (Number(card.dataset.closesAt) - passed));
  }
}

/** @param {HTMLElement} card
 * @param {number} seconds */
function showAge(card, seconds) {
  const age = card.querySelector("[data-age]");
  const minutes = Math.floor(seconds / 60);
  const words = minutes < 1 ? "now" : `${minutes} minute${minutes === 1 ? "" : "s"} ago`;
  if (age && age.textContent !== words) age.textContent = words;
}

/** For some seconds Cancel is the loudest thing on the page, then it calms. */
function calmButtons() {
  for (const button of document.querySelectorAll("[data-calm-after]")) {
    const calm = () => button.classList.replace("govuk-button--warning", "govuk-button--secondary");
    setTimeout(calm, Number(button.dataset.calmAfter) * 1000);
  }
}

// The end of a sign-in. A shared tablet shows its lock screen whatever is on it.

/** Whether somebody typed into a form of this page. */
let touchedForm = false;

function noteTyping() {
  document.addEventListener("input", ({ target }) => {
    if (target.closest?.("form[method='post']")) touchedForm = true;
  });
}

/** Half-written words stay on the page: its own Send says where to sign in again. */
function stay() {
  socket?.disconnect();
  stopPolling();
  say("Your sign-in has ended. Your words stay here. Send them, then sign in.");
}

/** Say on top of the page, until something else is said, why it hears no alerts.
 * @param {string} words
 * @param {{words: string, address: string}} [link] */
function say(words, link) {
  for (const none of document.querySelectorAll("[data-no-alerts]")) none.hidden = true;
  const told = document.getElementById("signed-out-strip");
  if (told?.dataset.words === words) return; // not read out again
  told?.remove();
  const strip = document.createElement("p");
  strip.id = "signed-out-strip";
  strip.className = "offline-strip signed-out-strip";
  strip.dataset.words = words;
  strip.setAttribute("role", "alert");
  const sentence = document.createElement("span");
  sentence.append(words);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.address;
    anchor.textContent = link.words;
    sentence.append(" ", anchor);
  }
  strip.append(sentence);
  document.getElementById("offline-strip").after(strip);
}

/** @param {boolean} ranOut Whether nobody ended the sign-in: it was not used for too long. */
function leave(ranOut) {
  if (document.querySelector("form[data-busy-form]")) {
    setTimeout(() => leave(ranOut), BUSY_MS); // This page's own button ended it, and leads on.
    return;
  }
  sessionStorage.removeItem(NEWEST);
  const wayIn = region.dataset.wayIn;
  const keeps = document.querySelector("form[data-upload]") || (ranOut && touchedForm);
  if (wayIn === "/sign-in" && keeps) stay();
  else if (wayIn === "/sign-in") location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  else location.assign(wayIn);
}

// Whoever has something to do first, such as to accept new rules, hears nothing until then.

const FIRST = new Map([
  ["/rules", "Accept the rules first."],
  ["/me/security", "Set up another way to show that it is you first."],
]);

/** Whether this page has said that it hears no alerts. */
let deaf = false;

/** Go on where the server leads: to the way in, or to what is to be done first.
 * @param {Response} response An answer that was led elsewhere. */
function goOn(response) {
  const { pathname } = new URL(response.url);
  if (FIRST.has(pathname)) beDeaf(pathname);
  else leave(!response.headers.has("Clear-Site-Data"));
}

/** The page must not look as if it heard alerts. Half-written words stay on it.
 * @param {string} [first] The page to go to first, if that would help. */
function beDeaf(first) {
  if (document.querySelector("form[data-busy-form]")) return; // This page's own button leads on.
  deaf = true;
  const keeps = touchedForm || document.querySelector("form[data-upload]");
  if (!first) say("You do not hear alerts now.", { words: "Go to Home.", address: "/" });
  else if (keeps) say("You do not hear alerts now.", { words: FIRST.get(first), address: first });
  else location.assign(`${first}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** What was to be done has been done, in another tab perhaps. */
function hearAgain() {
  if (!deaf) return;
  deaf = false;
  document.getElementById("signed-out-strip")?.remove();
  const none = !document.querySelector(".alert-card");
  for (const words of document.querySelectorAll("[data-no-alerts]")) words.hidden = !none;
}

/** A script is only refused; a page is led on, and so says where to. */
async function askWhatIsFirst() {
  const response = await fetch("/alerts/live", { headers: { Accept: "text/html" } });
  if (response.redirected) goOn(response);
  else if (!response.ok) beDeaf();
}

/** following.js, on the report's own page, may show the news itself: it listens first.
 * @param {{detail: string}} report */
function tellOfReport({ detail }) {
  say("There is news of a report that you sent.", { words: "Read it.", address: `/my-reports/${encodeURIComponent(detail)}` });
}

/** stills.js listens. @param {"gone" | "changed" | "check"} what @param {string} [id] */
function tellPictures(what, id) {
  document.dispatchEvent(new CustomEvent(`pictures:${what}`, { detail: id }));
}

/** What waits at the desk has changed, or may have while the page was deaf.
 * @param {{kind: string, id: string}} [told] */
function tellQueue(told) {
  document.dispatchEvent(new CustomEvent("queue:changed", { detail: told }));
}

// Two ways to hear: a socket, or a plain question every ten seconds.

async function ask() {
  if (document.visibilityState === "hidden") return;
  const response = await fetch(`/alerts/live?after=${encodeURIComponent(newest())}`, { headers: { Accept: "application/json" } });
  if (response.status === 401) {
    leave(!response.headers.has("Clear-Site-Data"));
    return;
  }
  if (response.redirected) goOn(response);
  else if (response.status === 403 || response.status === 404) await askWhatIsFirst();
  if (!response.ok || response.redirected) return;
  hearAgain();
  tellPictures("check");
  tellQueue();
  const { alerts, closed } = await response.json();
  for (const alert of alerts) await addAlert(alert);
  for (const id of closed) removeAlert({ id });
}

function startPolling() {
  if (poll) return;
  const quietly = () => ask().catch(() => undefined);
  poll = setInterval(quietly, POLL_MS);
  quietly();
}

function stopPolling() {
  clearInterval(poll);
  poll = 0;
}

async function openSocket() {
  const { io } = await import(region.dataset.socketSrc);
  const page = document.querySelector("[data-queue-page]")?.dataset.queuePage; // What it looks at ends with its socket.
  socket = io({ transports: ["websocket"], auth: (send) => send({ after: newest(), page }) });
  socket.on("connect", () => {
    stopPolling();
    document.dispatchEvent(new CustomEvent("queue:connected")); // desk.js listens, here and below.
    tellQueue();
    tellPictures("check"); // Something may have happened since the page was made, or while it was deaf.
  });
  socket.on("connect_error", startPolling);
  socket.on("disconnect", startPolling);
  socket.on("alert", addAlert);
  socket.on("alert_changed", changeAlert);
  socket.on("alert_closed", removeAlert);
  socket.on("report_moved", ({ id }) => document.dispatchEvent(new CustomEvent("report:moved", { detail: id })));
  socket.on("queue_changed", tellQueue);
  socket.on("picture_gone", ({ id }) => tellPictures("gone", id));
  socket.on("picture_changed", ({ id }) => tellPictures("changed", id));
  socket.on("check_pictures", () => setTimeout(tellPictures, Math.random() * CHECK_SPREAD_MS, "check"));
  socket.on("signed_out", () => leave(false));
  socket.on("ran_out", () => leave(true));
  socket.on("too_many", () => {
    socket.disconnect();
    startPolling();
  });
}

/** A phone stops sockets while its screen is off, and notices late: so ask at once. */
function askOnReturn() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask().catch(() => undefined);
  });
}

function listen() {
  askOnReturn();
  if (region.dataset.liveBy === "poll") startPolling();
  else openSocket().catch(startPolling);
}

function start() {
  noteTyping();
  for (const card of document.querySelectorAll(".alert-card[data-raised-at]")) remember(card.dataset.raisedAt);
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, readySound, { once: true });
  offerMute();
  calmButtons();
  tick();
  setInterval(tick, AGE_MS);
  document.addEventListener("htmx:afterSwap", tick);
  document.addEventListener("report:moved", tellOfReport);
  // The page comes first: the connection opens once it has loaded.
  if (document.readyState === "complete") listen();
  else globalThis.addEventListener("load", listen, { once: true });
}

if (region) start();
