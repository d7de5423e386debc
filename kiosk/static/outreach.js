/** Look again how far the request is: when the page comes back to the front, and every half minute while it is there. */

const EVERY_MS = 30000;

async function look() {
  if (document.hidden || document.querySelector("details[open]")) return;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
    const shown = document.querySelector("main");
    if (fresh && fresh.innerHTML !== shown.innerHTML) {
      shown.replaceWith(fresh);
      document.title = document.querySelector('[aria-current="step"] .way__state')?.textContent ?? document.title;
    }
  } catch {
    // No network: the next look may have it.
  }
}

addEventListener("visibilitychange", look);
addEventListener("online", look);
setInterval(look, EVERY_MS);
