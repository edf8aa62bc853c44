// Owns what the app keeps on a phone: its shell (styles, scripts, icons, the offline page), never a
// picture, a page or an answer. Served from the root as /service-worker.js?v=<version>.

importScripts("/static/js/sending.js");

const VERSION = new URL(self.location.href).searchParams.get("v") ?? "1";
const CACHE = `shell-${VERSION}`;
const OFFLINE = "/offline";
const SHARE = "/report/share";
const SHELL = /^\/static\/(?:css|js|icons|vendor)\/.+\.(?:css|js|png)$/;

/** The offline page names what it needs, so that there is no second list to forget.
 * @param {string} html */
function namedBy(html) {
  const found = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address.replaceAll("&amp;", "&"));
  return [...new Set(found)].filter((address) => isShell(new URL(address, self.location.origin)));
}

/** @param {URL} url */
function isShell(url) {
  return url.origin === self.location.origin && SHELL.test(url.pathname);
}

async function fill() {
  const cache = await caches.open(CACHE);
  // Without the cookie, so that nobody's name can be in the page that is kept.
  const page = await fetch(OFFLINE, { credentials: "omit", cache: "reload" });
  if (!page.ok) throw new Error(`the offline page answered ${page.status}`);
  await cache.put(OFFLINE, page.clone());
  await cache.addAll(namedBy(await page.text()));
}

async function empty() {
  for (const name of await caches.keys()) {
    if (name.startsWith("shell-") && name !== CACHE) await caches.delete(name);
  }
}

/** @param {Request} request */
async function fromShell(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok && fresh.type === "basic") await cache.put(request, fresh.clone());
  return fresh;
}

/** @param {Request} request */
async function orOffline(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE, { cacheName: CACHE })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([empty(), forgetShared()]).then(() => self.clients.claim()));
});

// Photos from the share sheet wait until the report page takes them (draft.js). Their key lies beside
// them: what keeps them from others is that they are gone after half an hour.

const SHARED_MS = 30 * 60_000;
const MOST_SHARED = 6;

/** @param {IDBDatabase} database
 * @param {object} item */
function put(database, item) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("items", "readwrite");
    transaction.objectStore("items").put(item, "photos");
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

/** @returns {Promise<IDBDatabase>} */
function openShared() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("shared", 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore("items"));
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** @param {IDBDatabase} database
 * @returns {Promise<{at: number} | undefined>} */
function waiting(database) {
  return new Promise((resolve, reject) => {
    const request = database.transaction("items").objectStore("items").get("photos");
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** Deletes photos that no page took in time, and their key. */
async function forgetShared() {
  const stores = await indexedDB.databases?.() ?? [];
  if (!stores.some(({ name }) => name === "shared")) return;
  const database = await openShared();
  const shared = await waiting(database);
  database.close();
  if (!shared || Date.now() - shared.at > SHARED_MS) indexedDB.deleteDatabase("shared");
}

/** @param {Request} request */
async function takeShared(request) {
  await forgetShared();
  const sent = (await request.formData()).getAll("pictures");
  const files = sent.filter((one) => one instanceof File && one.type.startsWith("image/")).slice(0, MOST_SHARED);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const photos = await Promise.all(files.map(async (file) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, await file.arrayBuffer());
    return { iv, sealed, type: file.type };
  }));
  const database = await openShared();
  await put(database, { key, photos, at: Date.now() });
  database.close();
  return Response.redirect("/report?shared=1", 303);
}

// A page is open, and some photos may wait (app.js).
self.addEventListener("message", (event) => {
  if (event.data === "forget shared") event.waitUntil(forgetShared());
});

self.addEventListener("sync", (event) => {
  if (event.tag === "boxes") event.waitUntil(self.boxSending.sendAll().then((isDone) => isDone || Promise.reject(new Error("some wait"))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && url.pathname === SHARE) {
    event.respondWith(takeShared(request));
    return;
  }
  if (request.method !== "GET") return;
  if (isShell(url)) event.respondWith(fromShell(request));
  else if (request.mode === "navigate" && !url.pathname.startsWith("/img/")) event.respondWith(orOffline(request));
});

// Messages from a push service. A phone whose worker shows nothing three times gets no more, so
// something is always shown; what is shown are neutral words that the server chose.

const PLAIN = "There is news for you";

/** @param {PushEvent} event */
function read(event) {
  try {
    return event.data?.json()?.notification ?? {};
  } catch {
    return {};
  }
}

/** Only a page of ours: whoever sent it, a tap must not lead elsewhere.
 * @param {unknown} address */
function ownPage(address) {
  try {
    const url = new URL(String(address ?? "/"), self.location.origin);
    if (url.origin === self.location.origin) return url.href;
  } catch {
    // No address at all: the first page will do.
  }
  return `${self.location.origin}/`;
}

/** @param {string} page */
async function show(page) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = open.find((one) => one.url === page);
  return ours ? ours.focus() : self.clients.openWindow(page);
}

/** @param {PushSubscriptionChangeEvent} event */
async function subscribeAgain(event) {
  const before = event.oldSubscription?.endpoint;
  const asked = await fetch("/me/messages/key", { headers: { Accept: "application/json" } });
  if (!before || !asked.ok) return; // the app does it when it is opened next
  const { key, token } = await asked.json();
  if (!key) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const now = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  await fetch("/me/messages/again", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...now.toJSON(), before }),
  });
}

self.addEventListener("push", (event) => {
  const told = read(event);
  const shown = {
    tag: String(told.tag ?? "news"),
    renotify: true,
    lang: "en-GB",
    icon: "/static/icons/icon-192.png",
    data: { page: ownPage(told.navigate) },
  };
  event.waitUntil(self.registration.showNotification(String(told.title || PLAIN), shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(ownPage(event.notification.data?.page)));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAgain(event));
});
