/**
 * Lets the team's page open without network: the page and its files are asked for, and kept for when nobody answers.
 *
 * Addresses of visits are not kept here: they stand in the tablet's own store, and go when the visits are made.
 */

const KEPT = "navbat-team";
const PATIENCE_MS = 4000;
const FILES = /^\/(counter\/)?static\//;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isOurs = event.request.method === "GET" && url.origin === location.origin;
  if (isOurs && (event.request.mode === "navigate" || FILES.test(url.pathname))) event.respondWith(freshOrKept(event.request));
});

addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepAll(event.data.keep).then((isAll) => event.ports[0]?.postMessage(isAll)));
});

async function freshOrKept(request) {
  const store = await caches.open(KEPT);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok && !response.redirected) await store.put(keyOf(request), response.clone());
    return response;
  } catch (error) {
    const kept = await store.match(keyOf(request));
    if (kept) return kept;
    throw error;
  }
}

/** A page is the same whatever language its address asks for. */
function keyOf(request) {
  const url = new URL(request.url);
  return request.mode === "navigate" || !FILES.test(url.pathname) ? url.pathname : request.url;
}

async function keepAll(urls) {
  const store = await caches.open(KEPT);
  const kept = await Promise.all(
    urls.map(async (url) => {
      try {
        const response = await fetch(url);
        if (!response.ok || response.redirected) return false;
        await store.put(FILES.test(new URL(url, location.href).pathname) ? url : new URL(url, location.href).pathname, response);
        return true;
      } catch {
        return false;
      }
    }),
  );
  return kept.every(Boolean);
}
