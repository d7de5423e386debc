/** The whole room as last heard, and the acts that are sent. */
import { chime } from "/static/js/chime.js";
import { request } from "/static/js/http.js";
import { createStore } from "/static/js/store.js";
import { t, time } from "/static/js/wording.js";

const ASK_EVERY_MS = 3000;
const ADVICE_EVERY_MS = 30_000;
const FLOW_EVERY_MS = 120_000;
const LOST_MS = 12_000;

/**
 * @typedef {object} RoomPage
 * @property {object} room the whole of `GET /room`
 * @property {object[]} advice
 * @property {object | null} flow
 * @property {boolean} isLive
 * @property {number} skewMs the server's clock minus this machine's
 * @property {boolean} hasSound
 * @property {string | null} refused why the last act was not done
 */

export class Watch {
  #heardAt = Date.now();
  #rang = new Set();

  constructor({ room, may_act: mayAct }) {
    this.mayAct = mayAct;
    this.store = createStore({
      room,
      advice: [],
      flow: null,
      isLive: true,
      skewMs: Date.parse(room.at) - Date.now(),
      hasSound: true,
      refused: null,
    });
    for (const alert of open(room)) this.#rang.add(alert.key);
  }

  start() {
    setInterval(() => this.#ask(), ASK_EVERY_MS);
    setInterval(() => this.#askFor("advice", (data) => ({ advice: data.advice })), ADVICE_EVERY_MS);
    setInterval(() => this.#askFor("flow", (flow) => ({ flow })), FLOW_EVERY_MS);
    this.#askFor("advice", (data) => ({ advice: data.advice }));
    this.#askFor("flow", (flow) => ({ flow }));
  }

  /** @returns {number} the server's time now, in milliseconds */
  now() {
    return Date.now() + this.store.get().skewMs;
  }

  /** @param {string} at RFC 3339 @returns {number} whole minutes since then */
  minutesSince(at) {
    return Math.max(0, Math.floor((this.now() - Date.parse(at)) / 60_000));
  }

  toggleSound() {
    this.store.update({ hasSound: !this.store.get().hasSound });
  }

  /**
   * @param {string} path under /room/
   * @param {object} [body]
   * @returns {Promise<boolean>} whether it was done
   */
  async act(path, body = {}) {
    return (await this.#send(`/api/v1/room/${path}`, body)) !== null;
  }

  /**
   * Say that an alert was seen; who was quicker is named.
   *
   * @param {string} alert its key
   * @param {number} me
   */
  async acknowledge(alert, me) {
    const data = await this.#send("/api/v1/room/alerts/acknowledge", { alert });
    if (data && data.by.id !== me) {
      this.store.update({ refused: t("room.seen_first", { name: data.by.name, time: time(data.at) }) });
    }
  }

  /**
   * Say what became of a counter on which somebody else was quicker; what the server said stands where nobody was.
   *
   * @param {{counter: number, official: {id: number, name: string}}} meant as it stood when it was chosen
   */
  explain({ counter, official }) {
    const { counters } = this.store.get().room;
    const here = counters.find((each) => each.counter === counter)?.official ?? null;
    if (here?.id === official.id) return;
    const at = counters.find((each) => each.official?.id === official.id);
    const words = { name: here && !at ? here.name : official.name, counter: at?.counter ?? counter };
    const key = at ? "moved" : here ? "other" : "closed";
    this.store.update({ refused: t(`room.meanwhile_${key}`, words) });
  }

  /**
   * @param {string} service
   * @param {boolean} isOpen to walk-ins, for the rest of the day
   * @returns {Promise<boolean>}
   */
  async setOpen(service, isOpen) {
    return (await this.#send(`/api/v1/services/${service}/availability`, { open: isOpen })) !== null;
  }

  /** @returns {Promise<object | null>} what was answered; null when it was not done */
  async #send(path, body) {
    const answer = await request("POST", path, body);
    await this.#ask();
    this.store.update({ refused: answer.ok ? null : answer.data?.detail ?? t("room.no_answer") });
    return answer.ok ? answer.data ?? {} : null;
  }

  async #ask() {
    const answer = await request("GET", "/api/v1/room");
    if (answer.status === 401) location.assign(`/sign-in?next=${location.pathname}`);
    if (!answer.ok) {
      if (Date.now() - this.#heardAt > LOST_MS) this.store.update({ isLive: false });
      return;
    }
    this.#heardAt = Date.now();
    this.store.update({ room: answer.data, isLive: true, skewMs: Date.parse(answer.data.at) - Date.now() });
    this.#ring(answer.data);
  }

  async #askFor(part, taken) {
    const answer = await request("GET", `/api/v1/room/${part}`, undefined, { timeoutMs: 20_000 });
    if (answer.ok) this.store.update(taken(answer.data));
  }

  /** One chime for what is new, however many came at once. */
  #ring(room) {
    const now = new Set(open(room).map((alert) => alert.key));
    const isNew = [...now].some((key) => !this.#rang.has(key));
    this.#rang = now;
    if (isNew && this.store.get().hasSound) chime(0.4);
  }
}

/** @returns {object[]} the alerts that nobody has seen yet */
export function open(room) {
  return room.alerts.filter((alert) => !alert.is_acknowledged);
}
