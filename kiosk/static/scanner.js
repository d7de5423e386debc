/** A code reader that types like a keyboard: a burst of letters with Enter at its end, wherever the focus is. */

// People do not type so fast; readers send a letter every 1 to 20 ms, and a busy kiosk may hear them a little later.
const GAP_MS = 60;
const SHORTEST = 6;
const LONGEST = 300;

/**
 * Listen for a reader.
 *
 * What it types into a field is taken out again, and its Enter presses no button.
 *
 * @param {(text: string) => void} onScan
 * @param {() => boolean} isWanted whether a reader is listened to now
 * @returns {() => void} stops it
 */
export function watchScanner(onScan, isWanted) {
  let text = "";
  let last = 0;
  /** @type {{field: HTMLInputElement, value: string} | null} the field in focus as it was before the burst */
  let before = null;

  const notice = (event) => {
    if (!isWanted() || event.ctrlKey || event.altKey || event.metaKey || event.key === "Shift") return;
    const isBurst = event.timeStamp - last <= GAP_MS;
    if (event.key === "Enter" || event.key === "Tab") {
      if (isBurst && text.length >= SHORTEST) finish(event);
      text = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!isBurst || text.length >= LONGEST) {
      text = "";
      const field = document.activeElement;
      before = field instanceof HTMLInputElement ? { field, value: field.value } : null;
    }
    text += event.key;
    last = event.timeStamp;
  };

  const finish = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (before?.field.isConnected) {
      before.field.value = before.value;
      before.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    onScan(text);
  };

  addEventListener("keydown", notice, { capture: true });
  return () => removeEventListener("keydown", notice, { capture: true });
}

/**
 * Tell what was scanned.
 *
 * @param {string} text
 * @returns {{code: string} | {ticket: string}} the code of an appointment or a result, or the token of a ticket
 */
export function readScan(text) {
  const ticket = /\/t\/([\w-]{8,64})(?:[/?#]|$)/.exec(text);
  if (ticket) return { ticket: ticket[1] };
  const code = /[?&/=]([A-Za-z0-9]{6,12})\/?$/.exec(text)?.[1] ?? text;
  return { code: tidyCode(code) };
}

/** @param {string} text @returns {string} a code as the server knows it: capitals and digits, 12 at most */
export function tidyCode(text) {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, 12);
}
