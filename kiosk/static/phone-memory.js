/** The last state of each ticket that this phone has seen, for when there is no connection. */

const PREFIX = "navbat:";
const KEPT_MS = 24 * 3600 * 1000;

/** @typedef {{ticket: object, seenAt: number}} Seen when it was seen by this phone's clock */

/** @param {object} ticket @param {number} seenAt */
export function remember(ticket, seenAt) {
  attempt(() => localStorage.setItem(PREFIX + ticket.token, JSON.stringify({ ticket, seenAt })));
}

/** @param {string} token @returns {Seen | null} */
export function recall(token) {
  return attempt(() => JSON.parse(localStorage.getItem(PREFIX + token))) ?? null;
}

/** Forget the tickets of yesterday. */
export function forget() {
  attempt(() => {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
      const seen = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (!seen || Date.now() - seen.seenAt > KEPT_MS) localStorage.removeItem(key);
    }
  });
}

/** A browser may forbid all storage, and then the page works without. */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}
