/**
 * The day as it is when everything that was done is counted, sent or not.
 *
 * The order of the visits is the server's: it is the rule's, and nothing here decides anew who is next.
 */

/** @typedef {{id: string, verb: string, at: string, ticket?: number, reason?: string, score?: number}} TeamAct */

const AFTER = { next: "called", call: "called", start: "serving", no_show: "no_show", hold: "held", resume: "called" };

/**
 * @param {any} pack as the server gave it
 * @param {TeamAct[]} acts done since, oldest first
 * @returns {{state: string, visits: any[]}}
 */
export function project(pack, acts) {
  let state = pack.state;
  const visits = pack.visits.map((visit) => ({ ...visit, services: visit.services.map((each) => ({ ...each })) }));
  for (const act of acts) {
    if (act.verb === "open") state = "open";
    if (act.verb === "close") state = "closed";
    const visit = visits.find((each) => each.ticket === act.ticket);
    if (visit === undefined) continue;
    if (act.verb === "finish") finish(visit);
    else if (act.verb === "rate") visit.unrated = false;
    else if (act.verb === "add_service") add(visit, pack.services.find((each) => each.key === act.reason));
    else if (AFTER[act.verb]) visit.state = AFTER[act.verb];
  }
  return { state, visits };
}

/** After one service the next of the same home waits there; after the last the visit has been made. */
function finish(visit) {
  const done = visit.services.find((each) => each.key === visit.service && each.state !== "served");
  if (done) done.state = "served";
  const next = visit.services.find((each) => each.state === "waiting");
  visit.state = next ? "waiting" : "served";
  visit.unrated = true;
  if (next) visit.service = next.key;
}

function add(visit, service) {
  if (service) visit.services.push({ ...service, state: "waiting", bring: [] });
}

/** @param {any[]} visits @returns {any | undefined} the visit that the team is on its way to, or at */
export function inHand(visits) {
  return visits.find((each) => each.state === "called" || each.state === "serving");
}
