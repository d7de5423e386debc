/**
 * Have the service worker look after the phone's pages, and keep what this page is made of.
 *
 * Loaded last of all, so that it takes nothing from the first view. Works on https, and on this machine's own address;
 * elsewhere browsers have no service worker, and the page is as good as its connection.
 */
const KEPT = "navbat-phone";
const SCOPES = ["/t/", "/follow"];

async function keep() {
  if (!navigator.serviceWorker || !window.caches) return;
  for (const scope of SCOPES) await navigator.serviceWorker.register("/phone-worker.js", { scope });
  const kept = await caches.open(KEPT);
  const files = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => /\/static\/.+\.(js|css|png|svg)(\?|$)/.test(name));
  // From the browser's own cache: they came a moment ago.
  for (const file of new Set(files)) {
    if (!(await kept.match(file))) await kept.add(new Request(file, { cache: "force-cache" })).catch(() => {});
  }
  await keepPage(kept);
}

/**
 * The page itself came before its worker, which therefore did not see it. It is taken as it stands here, as it would weigh
 * as much again to fetch; only the headers are asked for, its policy among them.
 */
async function keepPage(kept) {
  if (await kept.match(location.href)) return;
  const response = await fetch(location.href, { method: "HEAD", credentials: "same-origin" });
  if (!response.ok || response.redirected) return;
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", String(Math.round(performance.timeOrigin)));
  const page = document.documentElement.cloneNode(true);
  delete page.dataset.drawn;
  await kept.put(location.href, new Response(`<!doctype html>\n${page.outerHTML}`, { headers }));
}

keep().catch(() => {});
