import { ACTS, perform } from "./acts.js";

const TYPED_INTO = "input, textarea, select, [contenteditable]";

/**
 * Let one letter stand for each act; not while something is typed, nor over a dialog.
 *
 * @param {import("./session.js").Session} session
 */
export function listenForShortcuts(session) {
  const verbs = new Map(Object.values(ACTS).filter(({ letter }) => letter).map((act) => [act.letter, act.verb]));
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(TYPED_INTO) || document.querySelector("dialog[open]")) return;
    const verb = verbs.get(letterOf(event));
    if (verb === undefined) return;
    event.preventDefault();
    perform(session, verb);
  });
}

/** On a Cyrillic layout the key's place tells the letter that is printed on it. */
function letterOf(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  return event.code.startsWith("Key") ? event.code.slice(3) : "";
}
