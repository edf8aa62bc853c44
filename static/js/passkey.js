// Owns passkeys on a page: signing in, proving once more, and adding one. Where a browser has no
// passkeys nothing of it is shown, and the password stays.

/** The server forgets a challenge after five minutes. */
const REFRESH_MS = 240_000;
const JSON_HEADERS = { "Content-Type": "application/json", Accept: "application/json" };
const WORDS = {
  InvalidStateError: "This device has a passkey of yours already.",
  NotAllowedError: "Nothing was done. Try again when you are ready.",
  NotSupportedError: "This device cannot make a passkey.",
  SecurityError: "Passkeys do not work at this address.",
};
const OTHERWISE = "That did not work. Try again.";
const PATHS = {
  "sign-in": ["/sign-in/passkey/options", "/sign-in/passkey"],
  prove: ["/prove/passkey/options", "/prove/passkey"],
  add: ["/me/security/passkeys/options", "/me/security/passkeys"],
};

/** An address that is no name. */
const NUMBER = /^[\d.]+$|:/;

/** A refusal that the server put into words. */
class Refused extends Error {}

/** @type {AbortController | null} */
let offered = null;
let refreshTimer = 0;

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.codePointAt(0));
}

/** @param {ArrayBuffer | null} buffer */
function text(buffer) {
  if (!buffer) return null;
  const plain = String.fromCodePoint(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function csrfToken() {
  const held = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  return held ?? document.querySelector('input[name="csrf_token"]')?.value ?? "";
}

/** @param {string} path
 * @param {object} body */
async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { ...JSON_HEADERS, "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
  const told = await response.json().catch(() => ({}));
  if (response.ok) return told;
  if (told.code === "prove-first") location.assign(`/prove?next=${location.pathname}`);
  throw new Refused(told.title ?? OTHERWISE);
}

/** @param {any} options */
function readable(options) {
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials);
  return read;
}

/** @param {any} made */
function sendable(made) {
  const { response } = made;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return { id: made.id, rawId: text(made.rawId), type: made.type, response: Object.fromEntries(held) };
}

/** Send typed words on: they are on this page alone, so a form carries them.
 * @param {string} action
 * @param {string} token */
function carryWords(action, token) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const input of document.querySelectorAll('input[type="hidden"][name^="typed-"], input[type="hidden"][name="next"]')) {
    form.append(input.cloneNode());
  }
  const csrf = document.createElement("input");
  Object.assign(csrf, { type: "hidden", name: "csrf_token", value: token });
  form.append(csrf);
  document.body.append(form);
  form.submit();
}

/** @param {HTMLElement} place
 * @param {any} told */
function goOn(place, told) {
  const typed = document.querySelector('input[type="hidden"][name^="typed-"]');
  if (told.needs_codes) document.querySelector("form[data-make-codes]").submit();
  else if (typed) carryWords(place.dataset.carry, told.csrf_token ?? csrfToken());
  else location.assign(told.to);
}

/** @param {HTMLElement} place
 * @param {object} [more] */
async function run(place, more = {}) {
  const kind = place.dataset.passkey;
  const [begin, end] = PATHS[kind];
  const { token, options } = await send(begin, {});
  const asked = { publicKey: readable(options), ...more };
  const made = await (kind === "add" ? navigator.credentials.create(asked) : navigator.credentials.get(asked));
  const label = place.querySelector("[data-passkey-label]")?.value;
  const next = place.dataset.next;
  goOn(place, await send(end, { token, credential: sendable(made), label, next }));
}

/** @param {HTMLElement} place
 * @param {string} sentence */
function say(place, sentence) {
  const line = place.querySelector("[data-passkey-says]");
  line.textContent = sentence;
  line.hidden = sentence === "";
}

/** @param {HTMLElement} place */
async function onTap(place) {
  const button = place.querySelector("[data-passkey-button]");
  if (button.getAttribute("aria-disabled")) return;
  stopOffering();
  say(place, "");
  button.setAttribute("aria-disabled", "true");
  try {
    await run(place);
  } catch (error) {
    say(place, error instanceof Refused ? error.message : (WORDS[error.name] ?? OTHERWISE));
    button.removeAttribute("aria-disabled");
  }
}

function stopOffering() {
  clearTimeout(refreshTimer);
  offered?.abort();
  offered = null;
}

/** Offer passkeys among the addresses that the browser fills in; nobody waits for it.
 * @param {HTMLElement} place */
async function offer(place) {
  stopOffering();
  offered = new AbortController();
  const { signal } = offered;
  refreshTimer = setTimeout(() => offer(place), REFRESH_MS);
  try {
    await run(place, { mediation: "conditional", signal });
  } catch (error) {
    if (error instanceof Refused && !signal.aborted) say(place, error.message);
  }
}

async function start() {
  const named = !NUMBER.test(location.hostname);
  const able = globalThis.PublicKeyCredential && globalThis.isSecureContext && named;
  const places = [...document.querySelectorAll("[data-passkey]")];
  if (!able) {
    for (const each of document.querySelectorAll("[data-no-passkey]")) each.hidden = false;
    return;
  }
  for (const place of places) {
    place.hidden = false;
    place.querySelector("[data-passkey-button]").addEventListener("click", () => onTap(place));
  }
  const waiting = places.find((place) => "offer" in place.dataset);
  if (waiting && (await PublicKeyCredential.isConditionalMediationAvailable?.())) offer(waiting);
}

start();
