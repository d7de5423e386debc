/**
 * One visitor's time at the screen: kept over a reload, gone when the visitor goes.
 *
 * The store holds everything the screen shows; the functions below are all that can happen to it.
 */
import { newKey, request } from "../../static/js/http.js";
import { readJson } from "../../static/js/state.js";
import { createStore } from "../../static/js/store.js";
import { hush } from "../../static/js/speech.js";
import { language, setLanguage } from "../../static/js/wording.js";

const SAVED_AS = "navbat.kiosk";
const RETRY_AFTER_MS = [600, 1500, 3000];
const HOME = "home";

/** @typedef {{key: string, isSent: boolean, path?: string, body?: object}} Attempt */

/** What a visitor starts with, and what none of the last visitor outlives. */
const FRESH = {
  screen: "attract",
  trail: [],
  tab: "used",
  list: null,
  query: "",
  service: null,
  category: null,
  /** Several services under one number, in the visitor's order. */
  isMany: false,
  basket: [],
  /** @type {null | object} the answer of POST /visits/order */
  plan: null,
  keepsOwn: false,
  /** @type {"appointment" | "collect"} */
  codeFor: "appointment",
  code: "",
  /** @type {Attempt | null} the one tap: its Idempotency-Key, and what went out with it */
  attempt: null,
  ticket: null,
  /** @type {null | "away" | "refused"} */
  problem: null,
  /** @type {null | {type: string, title?: string, detail?: string, come_at?: string}} why it was refused */
  refusal: null,
  isTaking: false,
  isListening: false,
  looks: { text: "", contrast: "", reach: "", sound: "" },
};
const SAVED = [
  ...["screen", "trail", "tab", "list", "query", "service", "category", "attempt", "ticket", "looks"],
  ...["isMany", "basket", "plan", "keepsOwn", "codeFor", "code", "isListening"],
];
// What a member of staff opened is not there any more after a reload.
const NOT_RESTORED = ["staff"];
export const MOST_SERVICES = 5;

const page = readJson("state");
export const settings = page.kiosk;
export const store = createStore({
  ...FRESH,
  catalogue: page.catalogue,
  isAway: false,
  secondsLeft: null,
  /** @type {string | null} the pass of the staff menu; never kept */
  staff: null,
});

/** Take up a session that a reload interrupted; a tap that was on its way is sent again with its own key. */
export function restore() {
  const saved = JSON.parse(sessionStorage.getItem(SAVED_AS) ?? "null");
  if (saved && !NOT_RESTORED.includes(saved.state.screen)) {
    setLanguage(saved.language);
    store.update(saved.state);
    showLooks(saved.state.looks);
  }
  store.subscribe(save);
  const { attempt } = store.get();
  if (attempt?.isSent) send(attempt);
}

/** Forget this visitor and wait for the next. */
export function reset() {
  hush();
  setLanguage(document.documentElement.dataset.stateLanguage);
  showLooks(FRESH.looks);
  store.update({ ...FRESH, staff: null, secondsLeft: null });
  sessionStorage.removeItem(SAVED_AS);
}

/** @param {string} code the language a visitor chose on the first screen */
export function begin(code) {
  setLanguage(code);
  store.update({ ...FRESH, ...ownLooks(), screen: HOME });
}

/** @param {string} screen @param {object} [changes] */
export function go(screen, changes = {}) {
  const { trail, screen: here, list, service } = store.get();
  store.update({ ...changes, screen, trail: [...trail, { screen: here, list, service }], problem: null, refusal: null });
}

/** One step back; from a service its unused key is dropped with it. */
export function back() {
  const { trail, screen } = store.get();
  const last = trail.at(-1);
  if (!last) return reset();
  const isLeft = screen === "detail" || screen === "plan" || screen === "code";
  const left = isLeft ? { attempt: null, category: null, plan: null, code: "" } : {};
  if (screen === "staff") left.staff = null;
  return store.update({ ...last, ...left, trail: trail.slice(0, -1), problem: null, refusal: null });
}

export function goHome() {
  store.update({ ...FRESH, ...ownLooks(), staff: null, screen: HOME });
}

// How a visitor sees and hears goes with the visitor, from screen to screen.
function ownLooks() {
  const { looks, isListening } = store.get();
  return { looks, isListening };
}

/** @param {string} service its key; the tap that may follow gets its Idempotency-Key now */
export function openService(service) {
  go("detail", { service, category: null, attempt: newAttempt() });
}

/** @param {string | null} category from the priority screen; another body needs another key */
export function chooseCategory(category) {
  back();
  store.update({ category, attempt: newAttempt() });
}

/** @param {"text" | "contrast" | "reach" | "sound"} look @param {string} value "" is the ordinary look */
export function setLook(look, value) {
  const looks = { ...store.get().looks, [look]: value };
  showLooks(looks);
  store.update({ looks });
}

/** @param {string} code */
export function changeLanguage(code) {
  setLanguage(code);
  store.update({});
}

/** Begin to choose several services for one number. */
export function chooseMany() {
  store.update({ isMany: true, basket: [], query: "" });
}

/** Go back to one service. */
export function chooseOne() {
  store.update({ isMany: false, basket: [], plan: null });
}

/** @param {string} service put it in, or take it out again */
export function toggle(service) {
  const { basket } = store.get();
  if (basket.includes(service)) store.update({ basket: basket.filter((each) => each !== service), plan: null });
  else if (basket.length < MOST_SERVICES) store.update({ basket: [...basket, service], plan: null });
}

/** Ask for the order in which the visit is over soonest; the screen stands meanwhile. */
export async function planVisit() {
  const { basket } = store.get();
  go("plan", { plan: null, keepsOwn: false, category: null, attempt: newAttempt() });
  const answer = await insist(() => request("POST", "/api/v1/visits/order", { services: basket }));
  const { screen, basket: now } = store.get();
  if (screen === "plan" && now === basket && answer.ok) store.update({ plan: answer.data });
}

/** @returns {string[]} the services of a visit in the order in which they will be had */
export function orderOf({ plan, basket, keepsOwn }) {
  return plan && !keepsOwn ? plan.order : basket;
}

/** @param {"appointment" | "collect"} codeFor */
export function askCode(codeFor) {
  go("code", { codeFor, code: "" });
}

/**
 * @param {string} code typed or scanned: of an appointment, or of a result that is ready
 * @param {{keepsLanguage?: boolean}} [options] the language in which it was booked, as none was chosen here
 */
export function checkIn(code, { keepsLanguage = false } = {}) {
  const body = keepsLanguage ? { code } : { code, language: language() };
  return send({ key: newKey(), isSent: true, path: "/api/v1/check-ins", body });
}

/** @param {string} token of a ticket whose QR code was scanned: it is shown again, and not printed */
export async function showTicket(token) {
  const isFirst = store.get().screen === "attract";
  const answer = await insist(() => request("GET", `/api/v1/tickets/${encodeURIComponent(token)}`));
  if (answer.ok) {
    if (isFirst) takeLanguage(answer.data.language);
    store.update({ ticket: { ...answer.data, print: null }, screen: "result", trail: [], attempt: null, problem: null });
  } else {
    const problem = isPassing(answer) ? "away" : "refused";
    go("code", { code: "", codeFor: "appointment" });
    store.update({ problem, refusal: { type: "code_unknown" } });
  }
}

/** Take the ticket: however often this runs for one attempt, the server gives the same one. */
export function take() {
  const state = store.get();
  const { service, isMany, category, attempt } = state;
  if (attempt === null) return undefined;
  if (attempt.isSent) return send(attempt);
  const [first, ...also] = isMany ? orderOf(state) : [service];
  const body = { service: first, language: language(), ...(also.length > 0 && { also }), ...(category && { category }) };
  return send({ ...attempt, isSent: true, path: "/api/v1/tickets", body });
}

/** @param {Attempt} attempt */
async function send(attempt) {
  if (store.get().isTaking) return;
  store.update({ isTaking: true, problem: null, refusal: null, attempt });
  const path = `${attempt.path}?language=${language()}`;
  const answer = await insist(() => request("POST", path, attempt.body, { key: attempt.key }));
  if (store.get().attempt?.key !== attempt.key) return; // the visitor has gone, by idle or by home
  if (answer.ok) {
    const ticket = answer.data;
    if (!attempt.body.language) takeLanguage(ticket.language);
    store.update({ isTaking: false, attempt: null, ticket, screen: "result", trail: [], query: "", code: "" });
  } else if (isPassing(answer)) {
    store.update({ isTaking: false, problem: "away" });
  } else {
    store.update({ isTaking: false, problem: "refused", refusal: refusalOf(answer), attempt: newAttempt() });
    refreshCatalogue();
  }
}

// A slip may be in a language that only paper has.
function takeLanguage(code) {
  if (store.get().catalogue.languages.includes(code)) setLanguage(code);
}

function newAttempt() {
  return { key: newKey(), isSent: false };
}

function refusalOf({ data }) {
  return { ...data, type: String(data?.type ?? "").split(":").at(-1) };
}

/**
 * Fetch the waits again, and all services where the centre was given others.
 *
 * @returns {Promise<boolean>} whether the server answered
 */
export async function refreshCatalogue() {
  let answer = await request("GET", "/api/v1/services/now");
  const isSame = answer.ok && answer.data.catalogue === store.get().catalogue.catalogue;
  if (answer.ok && !isSame) answer = await request("GET", "/api/v1/services");
  if (!answer.ok) store.update({ isAway: true });
  else store.update({ catalogue: isSame ? withWaits(store.get().catalogue, answer.data) : answer.data, isAway: false });
  return answer.ok;
}

function withWaits(catalogue, { services, ...now }) {
  const agencies = catalogue.agencies.map((agency) => ({
    ...agency,
    services: agency.services.map((service) => ({ ...service, ...services[service.key] })),
  }));
  return { ...catalogue, ...now, agencies };
}

/** Fetch the ticket again, for its place and for what the printer says. */
export async function refreshTicket() {
  const { ticket } = store.get();
  if (ticket === null) return;
  const answer = await request("GET", `/api/v1/tickets/${ticket.token}`);
  if (!answer.ok || store.get().ticket?.token !== ticket.token) return;
  // One that was only shown again has nothing to be printed; and only a check-in tells that the visitor came late.
  const kept = { came_late: ticket.came_late, ...(ticket.print === null && { print: null }) };
  store.update({ ticket: { ...answer.data, ...kept } });
}

function isPassing({ status }) {
  return status === 0 || status === 425 || status === 429 || status >= 500;
}

async function insist(ask) {
  let answer = await ask();
  for (const afterMs of RETRY_AFTER_MS) {
    if (!isPassing(answer)) break;
    await new Promise((done) => setTimeout(done, afterMs));
    answer = await ask();
  }
  return answer;
}

function save(state) {
  if (state.screen === "attract") return;
  const kept = Object.fromEntries(SAVED.map((field) => [field, state[field]]));
  sessionStorage.setItem(SAVED_AS, JSON.stringify({ language: language(), state: kept }));
}

function showLooks(looks) {
  for (const [look, value] of Object.entries(looks)) {
    if (value) document.documentElement.dataset[look] = value;
    else delete document.documentElement.dataset[look];
  }
}
