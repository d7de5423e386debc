/**
 * Keeps the phone's last view of a ticket, to be shown with its age when there is no connection; and shows what the
 * hall tells a locked phone. Served from /phone-worker.js, for /t/ and /follow only.
 */
const KEPT = "navbat-phone";
const KEPT_MS = 24 * 3600 * 1000;
// On a network that is slow to answer the last view comes first; it goes live by itself.
const PATIENCE_MS = 5000;
const TICKET = /^\/t\/[^/]+$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(forgetOld().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (/\/static\/.+\.(js|css|png|svg)$/.test(url.pathname)) event.respondWith(file(request, url));
});

async function page(request, url) {
  const fresh = fetch(request).then((response) => keepPage(request, url, response));
  const kept = await find(url);
  if (!kept) return fresh.catch(() => elsewhere(url));
  const slow = new Promise((done) => setTimeout(() => done(null), PATIENCE_MS));
  const response = await Promise.race([fresh.catch(() => null), slow]);
  fresh.catch(() => {});
  return response ?? aged(kept);
}

async function keepPage(request, url, response) {
  if (!isKept(url) || !response.ok || response.redirected) return response;
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", String(Date.now()));
  const copy = new Response(await response.clone().blob(), { headers });
  await (await caches.open(KEPT)).put(request.url, copy);
  return response;
}

function isKept({ pathname }) {
  return TICKET.test(pathname) || pathname === "/follow";
}

async function find(url) {
  if (!isKept(url)) return undefined;
  await forgetOld();
  const kept = await caches.open(KEPT);
  return (await kept.match(url.href)) ?? kept.match(url.href, { ignoreSearch: true });
}

/** Tell the page that it is an old one, and how old; its headers, the policy too, stay those that it came with. */
async function aged(kept) {
  const headers = new Headers(kept.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  const at = headers.get("X-Kept-At");
  const text = await kept.text();
  return new Response(text.replace("<html ", `<html data-kept-at="${at}" `), { headers });
}

/** Without a connection the other pages of a ticket lead back to it: it says what is the matter. */
async function elsewhere(url) {
  const [, token] = url.pathname.match(/^\/t\/([^/]+)\//) ?? [];
  const back = token && new URL(`/t/${token}`, url);
  return back && (await find(back)) ? Response.redirect(back.href, 303) : Response.error();
}

/** A file with its hash in the address is good for ever; another one is asked for, and kept for later. */
async function file(request, url) {
  const kept = await caches.open(KEPT);
  const old = await kept.match(request.url);
  if (old && url.searchParams.has("v")) return old;
  try {
    const response = await fetch(request);
    if (response.ok) await kept.put(request.url, response.clone());
    return response;
  } catch (error) {
    if (old) return old;
    throw error;
  }
}

async function forgetOld() {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    const at = Number((await kept.match(request))?.headers.get("X-Kept-At") ?? Date.now());
    if (Date.now() - at > KEPT_MS) await kept.delete(request);
  }
}

// What the hall tells a phone that is locked: encrypted for this phone, so that nobody on the way can read it.
self.addEventListener("push", (event) => {
  const { title, body, kind, language, url } = event.data.json();
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      lang: language,
      tag: url,
      renotify: true,
      requireInteraction: kind === "called",
      vibrate: [400, 150, 400, 150, 400],
      icon: "/kiosk/static/icons/icon-192.png",
      data: { url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((windows) => {
      const open = windows.find((each) => new URL(each.url).pathname === url);
      return open ? open.focus() : self.clients.openWindow(url);
    }),
  );
});
