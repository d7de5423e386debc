/** The reception desk: what its parts share, as last received, and the intents that are sent. */
import { newKey, request } from "/static/js/http.js";
import { connect } from "/static/js/socket.js";
import { createStore } from "/static/js/store.js";
import { refusal } from "./refusals.js";

// The hall's socket says that something has changed; what it does not tell, as a new request, is asked for beside it.
const LOOK_LIVE_MS = 30000;
const LOOK_ALONE_MS = 6000;
const AT_MOST_EVERY_MS = 2000;
const TOLD_BY_HALL = ["find", "outreach", "appointments"];
const GOOD_NEWS_MS = 6000;

export const PARTS = ["issue", "find", "check_in", "outreach", "appointments"];

/**
 * @typedef {object} DeskState
 * @property {string} part one of PARTS
 * @property {any | null} result the ticket that was just given or checked in
 * @property {any | null} found the ticket that was looked for
 * @property {any[]} requests visits at home that wait for an answer or a plan
 * @property {any | null} plan a day of all teams
 * @property {any[]} appointments of today
 * @property {boolean} isLive
 * @property {object | null} notice
 */

export class Desk {
  #noticeTimer;
  #lookTimer;
  #soon = null;
  #lookedAt = 0;
  #isFollowing = false;

  constructor({ part, hasTeams }) {
    this.hasTeams = hasTeams;
    this.store = createStore({
      part,
      result: null,
      found: null,
      requests: [],
      plan: null,
      appointments: [],
      isLive: true,
      notice: null,
    });
  }

  start() {
    connect("/hall", {
      on: { board: () => this.#hear() },
      onLive: (isLive) => {
        // Each vain attempt to connect says so again; it must not put off the next look.
        if (isLive === this.#isFollowing) return;
        this.#isFollowing = isLive;
        this.look();
      },
    });
    addEventListener("online", () => this.look());
    addEventListener("visibilitychange", () => document.hidden || this.look());
    this.look();
  }

  #hear() {
    if (this.#soon !== null || document.hidden || !TOLD_BY_HALL.includes(this.store.get().part)) return;
    const afterMs = Math.max(0, this.#lookedAt + AT_MOST_EVERY_MS - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.look();
    }, afterMs);
  }

  #lookLater() {
    clearTimeout(this.#lookTimer);
    const afterMs = this.#isFollowing ? LOOK_LIVE_MS : LOOK_ALONE_MS;
    this.#lookTimer = setTimeout(() => (document.hidden ? this.#lookLater() : this.look()), afterMs);
  }

  /** @returns {string[]} the parts that this centre has */
  parts() {
    return PARTS.filter((part) => part !== "outreach" || this.hasTeams);
  }

  /** @param {string} part */
  go(part) {
    this.store.update({ part, result: null, notice: null });
    history.replaceState(null, "", `#${part}`);
    this.look();
  }

  dismiss() {
    this.store.update({ notice: null });
  }

  /** Ask for what the open part shows, and for the number of requests that wait. */
  async look() {
    const { part, plan, found } = this.store.get();
    const asks = [
      this.hasTeams && this.#ask("/outreach/requests", ({ requests }) => ({ requests })),
      part === "outreach" && this.#ask(planAddress(plan?.day), (day) => ({ plan: day })),
      part === "appointments" && this.#ask("/reception/appointments", ({ appointments }) => ({ appointments })),
      part === "find" && found && this.#ask(findAddress(found.ticket.number), (again) => ({ found: again })),
    ];
    this.#lookedAt = performance.now();
    this.#lookLater();
    await Promise.all(asks.filter(Boolean));
  }

  /** @param {string} day */
  async showDay(day) {
    await this.#ask(planAddress(day), (plan) => ({ plan }));
  }

  /** @param {string} wanted a number of today, or the code on the slip */
  async find(wanted) {
    this.store.update({ found: null, notice: null });
    await this.#ask(findAddress(wanted), (found) => ({ found }), true);
  }

  /** @param {object} wish @returns {Promise<boolean>} */
  issue(wish) {
    return this.#send("/reception/tickets", wish, (result) => ({ result }));
  }

  /** @param {object} body `{code, print}` @returns {Promise<boolean>} */
  checkIn(body) {
    return this.#send("/check-ins", body, (result) => ({ result }));
  }

  /**
   * @param {string} verb "change", "priority" or "print"
   * @param {object} body
   * @returns {Promise<boolean>}
   */
  onTicket(verb, body) {
    const { found } = this.store.get();
    return this.#send(`/reception/tickets/${found.ticket.id}/${verb}`, body, (again) => ({ found: again }), `reception.done_${verb}`);
  }

  /**
   * @param {number} id of a request
   * @param {string} verb "confirm", "decline" or "plan"
   * @param {object} body
   */
  async onRequest(id, verb, body = {}) {
    const isDone = await this.#send(`/outreach/requests/${id}/${verb}`, body, () => ({}), `reception.done_${verb}`);
    await this.look();
    return isDone;
  }

  clearResult() {
    this.store.update({ result: null });
  }

  async #ask(path, changes, tells = false) {
    const answer = await request("GET", `/api/v1${path}`);
    const isLive = !(answer.status === 0 || answer.status >= 502);
    if (answer.ok) this.store.update({ isLive, ...changes(answer.data) });
    else {
      this.store.update({ isLive });
      if (tells || answer.status === 401) this.#tell({ kind: "bad", ...refusal(answer) });
    }
  }

  async #send(path, body, changes, good) {
    this.dismiss();
    const answer = await request("POST", `/api/v1${path}`, body, { key: newKey() });
    if (answer.ok) {
      this.store.update({ isLive: true, ...changes(answer.data) });
      if (good) this.#tell({ kind: "good", key: good });
      return true;
    }
    if (answer.status === 0) this.#tell({ kind: "bad", key: "counter.no_answer" });
    else this.#tell({ kind: "bad", ...refusal(answer) });
    return false;
  }

  #tell(notice) {
    clearTimeout(this.#noticeTimer);
    this.store.update({ notice });
    if (notice.kind === "bad") return;
    this.#noticeTimer = setTimeout(() => this.store.get().notice === notice && this.dismiss(), GOOD_NEWS_MS);
  }
}

const planAddress = (day) => `/outreach/plan${day ? `?day=${day}` : ""}`;
const findAddress = (wanted) => `/reception/tickets?find=${encodeURIComponent(wanted)}`;
