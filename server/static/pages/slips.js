/** Keep the list of slips new: fetch the page again and take its list, while somebody is looking. */

const EACH_MS = 3000;
const TIMEOUT_MS = 5000;

const list = document.getElementById("slips");

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("slips");
  // Untouched while nothing is new, so that neither the place in the page nor the focus is lost.
  if (fresh && urls(fresh) !== urls(list)) list.replaceChildren(...fresh.children);
}

function urls(element) {
  return Array.from(element.querySelectorAll("[data-url]"), (slip) => slip.dataset.url).join(" ");
}

// A server that is away is asked again the next time.
setInterval(() => refresh().catch(() => {}), EACH_MS);
