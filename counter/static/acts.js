/** The verbs of a terminal: what `can` calls them, where they are sent, and their key. */

/**
 * @typedef {object} Act
 * @property {string} verb as in the state's `can`, and in the wording `counter.<verb>`
 * @property {string} path the last part of its address
 * @property {string} letter its key
 * @property {boolean} [asks] whether a dialog comes first
 * @property {string} [as] the verb of `can` that allows it, where that is another
 */

/** @type {Record<string, Act>} */
export const ACTS = Object.fromEntries(
  [
    { verb: "open", path: "open", letter: "O" },
    { verb: "next", path: "next", letter: "N" },
    { verb: "start", path: "start", letter: "S" },
    { verb: "finish", path: "finish", letter: "F" },
    { verb: "finish_with", path: "finish", letter: "W", asks: true, as: "finish" },
    { verb: "recall", path: "recall", letter: "R" },
    { verb: "no_show", path: "no-show", letter: "X", asks: true },
    { verb: "hold", path: "hold", letter: "H" },
    { verb: "transfer", path: "transfer", letter: "T", asks: true },
    { verb: "add_service", path: "add-service", letter: "A", asks: true },
    { verb: "pause", path: "pause", letter: "P", asks: true },
    { verb: "close", path: "close", letter: "C", asks: true },
    { verb: "resume", path: "resume", letter: "G" },
    { verb: "call", path: "call", letter: "", asks: true },
  ].map((act) => [act.verb, act]),
);

/**
 * Do an act, or open the dialog that asks what it still needs.
 *
 * @param {import("./session.js").Session} session
 * @param {string} verb
 * @param {object} [body] what a dialog has answered
 */
export function perform(session, verb, body) {
  const { asks, path, as } = ACTS[verb];
  if (!session.can(as ?? verb)) return undefined;
  if (asks && body === undefined) return session.show({ verb, ticket: session.store.get().counter.ticket?.id ?? null });
  if (verb === "resume" && body === undefined) return resumeFirst(session);
  return session.act(path, body);
}

/** Resume the visitor who has been on hold the longest. */
function resumeFirst(session) {
  const [first] = session.store.get().counter.held;
  return first && session.act(ACTS.resume.path, { ticket: first.id });
}
