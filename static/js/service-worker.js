// Owns what the app keeps on a phone: its shell (styles, scripts, icons, the offline page), never a
// picture, a page or an answer. Served from the root as /service-worker.js?v=<version>.

const VERSION = new URL(self.location.href).searchParams.get("v") ?? "1";
const CACHE = `shell-${VERSION}`;
const OFFLINE = "/offline";
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
  event.waitUntil(empty().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (isShell(url)) event.respondWith(fromShell(request));
  else if (request.mode === "navigate" && !url.pathname.startsWith("/img/")) event.respondWith(orOffline(request));
});
