// Owns messages to this phone: turned on by a tap and off again, put right when the app is opened,
// and told when one was tapped.

const KEPT = "messages-phone";
const CHECKED = "messages-checked";
const TAPPED = "from-message";
const LONGEST_MS = 3000;
const ON_APPLE = /iPhone|iPad/;

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/** @param {string} path
 * @param {object} body
 * @returns {Promise<any>} */
async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
  const told = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(told.title ?? "");
  return told;
}

/** @returns {Promise<PushManager>} */
async function manager() {
  const registration = await navigator.serviceWorker.ready;
  return registration.pushManager;
}

/** @param {string} key */
async function subscription(key) {
  const pushes = await manager();
  const held = await pushes.getSubscription();
  return held ?? pushes.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function forget() {
  localStorage.removeItem(KEPT);
  const held = await (await manager()).getSubscription();
  await held?.unsubscribe();
}

/** An address changes, and is lost: each time that the app is opened the server gets today's. */
async function putRight() {
  const phone = localStorage.getItem(KEPT);
  if (!phone || !canSubscribe() || sessionStorage.getItem(CHECKED)) return;
  const asked = await fetch("/me/messages/key", { headers: { Accept: "application/json" } });
  const { key } = await asked.json();
  if (!key) return;
  if (Notification.permission !== "granted") return;
  const today = await subscription(key);
  const told = await send("/me/messages/again", { ...today.toJSON(), phone });
  sessionStorage.setItem(CHECKED, "1");
  if (!told.phone) await forget(); // turned off elsewhere, or somebody else is signed in
}

/** What is counted is messages that were opened, not those that were sent. */
async function tellTapped() {
  const here = new URL(location.href);
  const message = here.searchParams.get(TAPPED);
  if (!message) return;
  here.searchParams.delete(TAPPED);
  history.replaceState(history.state, "", here);
  await send("/me/messages/seen", { message });
}

// The page.

function canSubscribe() {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** @param {HTMLElement} section */
function state(section) {
  if (!canSubscribe()) return ON_APPLE.test(navigator.userAgent) ? "home-screen" : "none";
  if (Notification.permission === "denied") return "denied";
  const known = localStorage.getItem(KEPT);
  return known && section.dataset.phones.split(" ").includes(known) ? "on" : "off";
}

/** @param {HTMLElement} section
 * @param {string} name */
function show(section, name) {
  for (const part of section.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
}

/** @param {HTMLElement} section */
async function turnOn(section) {
  const key = section.dataset.key;
  if ((await Notification.requestPermission()) !== "granted") {
    show(section, state(section));
    return;
  }
  const today = await subscription(key);
  const { phone } = await send("/me/messages", today.toJSON());
  localStorage.setItem(KEPT, phone);
  sessionStorage.setItem(CHECKED, "1");
  location.reload();
}

/** @param {HTMLElement} section */
function watch(section) {
  const problem = section.querySelector("[data-problem]");
  show(section, state(section));
  section.querySelector("[data-turn-on]").addEventListener("click", () => {
    problem.hidden = true;
    turnOn(section).catch((error) => {
      problem.textContent = error.message.endsWith(".") ? error.message : problem.dataset.otherwise;
      problem.hidden = false;
    });
  });
  for (const form of document.querySelectorAll("form[data-turn-off]")) {
    if (form.dataset.turnOff === localStorage.getItem(KEPT)) {
      form.addEventListener("submit", (event) => {
        event.preventDefault(); // the page would go before the browser has let go
        const late = new Promise((done) => setTimeout(done, LONGEST_MS));
        Promise.race([forget(), late]).catch(() => undefined).finally(() => form.submit());
      });
    }
  }
}

tellTapped().catch(() => undefined);
putRight().catch(() => undefined);
const section = document.querySelector("[data-messages]");
if (section) watch(section);
