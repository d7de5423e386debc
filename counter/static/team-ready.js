/** Make the page ready to open without network, and say when it is. */

const FILES = /^\/(counter\/)?static\//;

/** @param {(isReady: boolean) => void} tell */
export async function makeReady(tell) {
  if (!("serviceWorker" in navigator)) return tell(false);
  try {
    await navigator.serviceWorker.register("/team/worker.js", { scope: "/team/" });
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => tell(event.data === true);
    active.postMessage({ keep: [location.pathname, ...loaded()] }, [channel.port2]);
  } catch {
    tell(false);
  }
}

/** @returns {string[]} every file that this page has needed */
function loaded() {
  const names = performance.getEntriesByType("resource").map((entry) => entry.name);
  return [...new Set(names)].filter((name) => {
    const url = new URL(name);
    return url.origin === location.origin && FILES.test(url.pathname);
  });
}
