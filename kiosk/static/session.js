/**
 * One visitor's time at the screen: kept over a reload, gone when the visitor goes.
 *
 * The store holds everything the screen shows; the functions below are all that can happen to it.
 */
import { newKey, request } from "../../static/js/http.js";
import { readJson } from "../../static/js/state.js";
import { createStore } from "../../static/js/store.js";
import { language, setLanguage } from "../../static/js/wording.js";

const SAVED_AS = "navbat.kiosk";
const RETRY_AFTER_MS = [600, 1500, 3000];
const HOME = "home";

/** What a visitor starts with, and what none of the last visitor outlives. */
const FRESH = {
  screen: "attract",
  trail: [],
  tab: "used",
  list: null,
  query: "",
  service: null,
  category: null,
  /** @type {{key: string, isSent: boolean} | null} the one tap: its Idempotency-Key, and whether it went out */
  attempt: null,
  ticket: null,
  /** @type {null | "away" | "refused"} */
  problem: null,
  isTaking: false,
  looks: { text: "", contrast: "", reach: "" },
};
const SAVED = ["screen", "trail", "tab", "list", "query", "service", "category", "attempt", "ticket", "looks"];

const page = readJson("state");
export const settings = page.kiosk;
export const store = createStore({
  ...FRESH,
  catalogue: page.catalogue,
  isAway: false,
  secondsLeft: null,
});

/** Take up a session that a reload interrupted; a tap that was on its way is sent again with its own key. */
export function restore() {
  const saved = JSON.parse(sessionStorage.getItem(SAVED_AS) ?? "null");
  if (saved) {
    setLanguage(saved.language);
    store.update(saved.state);
    showLooks(saved.state.looks);
  }
  store.subscribe(save);
  if (store.get().attempt?.isSent) take();
}

/** Forget this visitor and wait for the next. */
export function reset() {
  setLanguage(document.documentElement.dataset.stateLanguage);
  showLooks(FRESH.looks);
  store.update({ ...FRESH, secondsLeft: null });
  sessionStorage.removeItem(SAVED_AS);
}

/** @param {string} code the language a visitor chose on the first screen */
export function begin(code) {
  setLanguage(code);
  store.update({ ...FRESH, looks: store.get().looks, screen: HOME });
}

/** @param {string} screen @param {object} [changes] */
export function go(screen, changes = {}) {
  const { trail, screen: here, list, service } = store.get();
  store.update({ ...changes, screen, trail: [...trail, { screen: here, list, service }], problem: null });
}

/** One step back; from a service its unused key is dropped with it. */
export function back() {
  const { trail, screen } = store.get();
  const last = trail.at(-1);
  if (!last) return reset();
  const left = screen === "detail" ? { attempt: null, category: null } : {};
  return store.update({ ...last, ...left, trail: trail.slice(0, -1), problem: null });
}

export function goHome() {
  const { looks } = store.get();
  store.update({ ...FRESH, looks, screen: HOME });
}

/** @param {string} service its key; the tap that may follow gets its Idempotency-Key now */
export function openService(service) {
  go("detail", { service, category: null, attempt: { key: newKey(), isSent: false } });
}

/** @param {string | null} category from the priority screen; another body needs another key */
export function chooseCategory(category) {
  back();
  store.update({ category, attempt: { key: newKey(), isSent: false } });
}

/** @param {"text" | "contrast" | "reach"} look @param {string} value "" is the ordinary look */
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

/** Take the ticket: however often this runs for one attempt, the server gives the same one. */
export async function take() {
  const { service, category, attempt, isTaking } = store.get();
  if (isTaking || attempt === null) return;
  store.update({ isTaking: true, problem: null, attempt: { ...attempt, isSent: true } });
  const body = { service, language: language(), ...(category && { category }) };
  const answer = await insist(() => request("POST", "/api/v1/tickets", body, { key: attempt.key }));
  if (store.get().attempt?.key !== attempt.key) return; // the visitor has gone, by idle or by home
  if (answer.ok) {
    store.update({ isTaking: false, attempt: null, ticket: answer.data, screen: "result", trail: [], query: "" });
  } else if (isPassing(answer)) {
    store.update({ isTaking: false, problem: "away" });
  } else {
    store.update({ isTaking: false, problem: "refused", attempt: { key: newKey(), isSent: false } });
    refreshCatalogue();
  }
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
  if (answer.ok && store.get().ticket?.token === ticket.token) store.update({ ticket: answer.data });
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
