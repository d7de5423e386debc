/** Questions to the answer of GET /services. */
import { meantRank, sound } from "../../static/js/fuzzy.js";
import { fold, matchRank } from "../../static/js/text.js";

/** @typedef {import("../../static/js/wording.js").Names} Names */
/** @typedef {import("../../static/js/wait.js").Wait} Wait */

/**
 * @typedef {object} Service
 * @property {string} key
 * @property {string} group
 * @property {Names} name
 * @property {string[]} channels
 * @property {number} minutes
 * @property {Names[]} bring
 * @property {string} zone
 * @property {boolean} open
 * @property {string | null} obstacle what keeps walk-ins out today: service_closed, queue_full, closing_soon
 * @property {Names | null} cost
 * @property {boolean} staffed a counter that serves it is open now
 * @property {number} waiting
 * @property {number | null} ahead
 * @property {Wait | null} wait
 */

/** @typedef {{key: string, kind: string, name: Names, zone: string, services: Service[]}} Agency */
/** @typedef {{service: Service, agency: Agency}} Offer a service and who offers it */

const MOST_USED = 20;
const MOST_FOUND = 40;
// Fewer than so many by the letter, and what may have been meant is looked for too.
const ENOUGH = 3;

/**
 * @param {object} catalogue
 * @returns {Offer[]} in the order of config.yaml
 */
export function offers(catalogue) {
  return catalogue.agencies.flatMap((agency) => agency.services.map((service) => ({ service, agency })));
}

/** @param {object} catalogue @param {string} key @returns {Offer | undefined} */
export function findOffer(catalogue, key) {
  return offers(catalogue).find(({ service }) => service.key === key);
}

/**
 * Say what stands in the way of taking a ticket here and now.
 *
 * @param {object} catalogue
 * @param {Service} service
 * @returns {"appointment_only" | "collect_only" | "outreach_only" | "centre_closed" | "service_closed" | "queue_full" |
 *   "closing_soon" | null}
 */
export function obstacle(catalogue, service) {
  if (!service.channels.includes("walk_in")) {
    if (service.channels.includes("appointment")) return "appointment_only";
    return service.channels.includes("collect") ? "collect_only" : "outreach_only";
  }
  if (!catalogue.open) return "centre_closed";
  return service.obstacle ?? (service.open ? null : "service_closed");
}

/**
 * @param {object} catalogue
 * @returns {Offer[]} what most people come for, then other services that are staffed, until the list is full
 */
export function mostUsed(catalogue) {
  return offers(catalogue)
    .filter(({ service }) => service.channels.includes("walk_in"))
    .map((offer, place) => ({ offer, place, rank: usedRank(catalogue, offer.service) }))
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .slice(0, MOST_USED)
    .map(({ offer }) => offer);
}

// `popular` lists the most used first; behind them, what can be had at once.
function usedRank(catalogue, service) {
  const place = catalogue.popular.indexOf(service.key);
  return place === -1 ? Number(service.staffed) : 1000 - place;
}

/**
 * @param {object} catalogue
 * @param {{kind: "agency" | "group", key: string}} list
 * @returns {{name: Names, offers: Offer[]}} what can be taken first, the most used before the rest
 */
export function listOf(catalogue, { kind, key }) {
  const found = offers(catalogue).filter(({ service, agency }) =>
    kind === "agency" ? agency.key === key : service.group === key,
  );
  const rank = ({ service }) => (obstacle(catalogue, service) === null ? 1e4 : 0) + usedRank(catalogue, service);
  const owner = (kind === "agency" ? catalogue.agencies : catalogue.groups).find((each) => each.key === key);
  return {
    name: owner?.name ?? {},
    offers: found
      .map((offer, place) => ({ offer, place }))
      .sort((a, b) => rank(b.offer) - rank(a.offer) || a.place - b.place)
      .map(({ offer }) => offer),
  };
}

/**
 * Make a search over the names in every language, so that a visitor may type in whichever comes to mind.
 *
 * @param {object} catalogue
 * @returns {(query: string, language: string) => Offer[]} best first; [] for an empty query
 */
export function makeSearch(catalogue) {
  const groups = Object.fromEntries(catalogue.groups.map((group) => [group.key, foldAll(group.name)]));
  const entries = offers(catalogue).map((offer) => ({
    offer,
    names: foldNames(offer.service.name),
    others: [...foldAll(offer.agency.name), ...(groups[offer.service.group] ?? [])],
    sounds: Object.fromEntries(
      Object.entries(foldNames(offer.service.name)).map(([code, text]) => [code, sound(text).split(" ")]),
    ),
  }));
  return (query, language) => {
    const folded = fold(query);
    if (folded === "") return [];
    const found = ranked(entries, (entry) => rankOf(folded, entry, language));
    if (found.length >= ENOUGH) return found;
    const heard = sound(folded);
    if (heard.trim() === "") return found;
    const meant = ranked(entries, (entry) => soundRank(heard, entry, language));
    return [...new Set([...found, ...meant])].slice(0, MOST_FOUND);
  };
}

function ranked(entries, rankOfEntry) {
  return entries
    .map((entry, place) => ({ offer: entry.offer, place, rank: rankOfEntry(entry) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
    .slice(0, MOST_FOUND)
    .map(({ offer }) => offer);
}

function soundRank(heard, { sounds }, language) {
  const ranks = Object.entries(sounds).map(
    ([code, words]) => meantRank(heard, words) * (code === language ? 1.2 : 1),
  );
  return Math.max(0, ...ranks);
}

// A service's own name counts most, in the language now read a little more; then its agency and subject.
function rankOf(query, { names, others }, language) {
  const best = (ranks) => Math.max(0, ...ranks);
  const own = best(
    Object.entries(names).map(([code, text]) => matchRank(query, text) * (code === language ? 12 : 10)),
  );
  if (own > 0) return own;
  const around = best(others.map((text) => matchRank(query, text)));
  return around > 0 ? around : rankAcross(query, names, others);
}

// "vəsiqə polis": one word of the service, one of its agency.
function rankAcross(query, names, others) {
  const whole = [...Object.values(names), ...others].join(" ");
  return query.includes(" ") ? matchRank(query, whole) : 0;
}

function foldNames(names) {
  return Object.fromEntries(Object.entries(names).map(([code, text]) => [code, fold(text)]));
}

function foldAll(names) {
  return Object.values(names).map(fold);
}
