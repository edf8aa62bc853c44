// Owns live alerts on a page: hears of them, fetches their cards, and plays a short sound.

const POLL_MS = 10_000;
const NEWEST = "alerts-after";
const MUTED = "alerts-muted";

const region = document.getElementById("live-alerts");
const list = document.querySelector("[data-live-alerts-list]") ?? region;
/** @type {AudioContext | null} */
let audio = null;
/** @type {ReturnType<typeof setInterval> | 0} */
let poll = 0;

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

/** @param {{id: string, raised_at?: string}} alert */
async function addAlert({ id, raised_at: raisedAt }) {
  remember(raisedAt);
  if (cardOf(id)) return;
  const card = await fetchCard(id).catch(() => null);
  if (!card || cardOf(id)) return;
  list.prepend(document.importNode(card, true));
  wakeHtmx(cardOf(id));
  playSound();
}

/** @param {{id: string}} alert */
async function changeAlert({ id }) {
  if (!cardOf(id)) return;
  const card = await fetchCard(id).catch(() => null);
  if (!card) return;
  cardOf(id)?.replaceWith(document.importNode(card, true));
  wakeHtmx(cardOf(id));
}

/** @param {{id: string}} alert */
function removeAlert({ id }) {
  cardOf(id)?.remove();
}

function leave() {
  sessionStorage.removeItem(NEWEST);
  location.assign("/sign-in");
}

// Two ways to hear: a socket, or a plain question every ten seconds.

async function ask() {
  if (document.visibilityState === "hidden") return;
  const response = await fetch(`/alerts/live?after=${encodeURIComponent(newest())}`, { headers: { Accept: "application/json" } });
  if (response.status === 401) leave();
  if (!response.ok || response.redirected) return;
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
  const socket = io({ transports: ["websocket"], auth: (send) => send({ after: newest() }) });
  socket.on("connect", stopPolling);
  socket.on("connect_error", startPolling);
  socket.on("disconnect", startPolling);
  socket.on("alert", addAlert);
  socket.on("alert_changed", changeAlert);
  socket.on("alert_closed", removeAlert);
  socket.on("signed_out", leave);
}

function listen() {
  if (region.dataset.liveBy === "poll") startPolling();
  else openSocket().catch(startPolling);
}

function start() {
  for (const card of document.querySelectorAll(".alert-card[data-raised-at]")) remember(card.dataset.raisedAt);
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, readySound, { once: true });
  offerMute();
  // The page comes first: the connection opens once it has loaded.
  if (document.readyState === "complete") listen();
  else globalThis.addEventListener("load", listen, { once: true });
}

if (region) start();
