/** One counter's terminal: the whole state as last received, and the intents that are sent. */
import { newKey, request } from "/static/js/http.js";
import { connect } from "/static/js/socket.js";
import { createStore } from "/static/js/store.js";
import { ACTS } from "./acts.js";
import { refusal } from "./refusals.js";

const QUIET_MS = 10000;
const LOST_MS = 15000;
const HEARTBEAT_TIMEOUT_MS = 4000;
// A double click on "Call next" must not land on "Start", which takes its place.
const GUARD_MS = 700;
const GOOD_NEWS_MS = 5000;

/**
 * @typedef {object} TerminalState
 * @property {object | null} counter the published Counter, whole
 * @property {boolean} isLive
 * @property {number} heardAt when the server was last heard, by this machine's clock
 * @property {number} skewMs the server's clock minus this machine's
 * @property {string | null} busy the verb that is under way
 * @property {{kind: "good" | "warn" | "bad", key?: string, text?: string, retry?: () => void, href?: string} | null} notice
 * @property {{kind: string, row?: object} | null} dialog
 */

export class Session {
  #path;
  #number;
  #me;
  #guardUntil = 0;
  #isFresh = true;
  #isAsking = false;
  #noticeTimer;

  /**
   * @param {object} options
   * @param {number} options.number
   * @param {number} options.me who is signed in
   * @param {object | null} options.counter the page's first state
   */
  constructor({ number, me, counter }) {
    this.#number = number;
    this.#me = me;
    this.#path = `/api/v1/counters/${number}`;
    this.store = createStore({
      counter,
      isLive: true,
      heardAt: Date.now(),
      skewMs: counter ? Date.parse(counter.at) - Date.now() : 0,
      busy: null,
      notice: null,
      dialog: null,
    });
  }

  start() {
    connect("/counter", {
      query: { counter: String(this.#number) },
      on: { counter: (counter) => this.#receive(counter) },
      onLive: (isLive) => {
        // What a restarted server counts may begin anew, so the first state after a connection is taken as it is.
        this.#isFresh = true;
        if (!isLive) this.#ask();
      },
    });
    setInterval(() => this.#watch(), 1000);
    addEventListener("offline", () => this.#lose());
    addEventListener("online", () => this.#ask());
    if (this.store.get().counter === null) this.#ask();
  }

  /** @returns {number} the server's time now, in milliseconds */
  now() {
    return Date.now() + this.store.get().skewMs;
  }

  /** @param {string} verb @returns {boolean} whether the official can do it this moment */
  can(verb) {
    const { counter, isLive } = this.store.get();
    return isLive && counter !== null && !this.isTaken() && counter.can.includes(verb);
  }

  /** @returns {boolean} whether another official works here */
  isTaken() {
    const official = this.store.get().counter?.official;
    return Boolean(official) && official.id !== this.#me;
  }

  /** @param {TerminalState["dialog"]} dialog */
  show(dialog) {
    this.store.update({ dialog });
  }

  dismiss() {
    this.store.update({ notice: null });
  }

  /**
   * Send one intent, then show the state that it led to.
   *
   * @param {string} verb as in the address: "next", "no-show"
   * @param {object} [body]
   * @param {string} [key] of an earlier try whose answer never came: the server does it once
   * @returns {Promise<boolean>} whether it was done
   */
  async act(verb, body = {}, key = newKey()) {
    const { busy, isLive } = this.store.get();
    if (busy || !isLive || Date.now() < this.#guardUntil) return false;
    this.store.update({ busy: verb, dialog: null, notice: null });
    const answer = await request("POST", `${this.#path}/${verb}`, body, { key });
    this.#guardUntil = Date.now() + GUARD_MS;
    if (answer.status === 0) {
      this.#tell({ kind: "bad", key: "counter.no_answer", retry: () => this.act(verb, body, key) });
    } else if (!answer.ok) {
      this.#tell({ kind: "bad", ...refusal(answer) });
    } else if (answer.status === 204) {
      this.#tell({ kind: "warn", key: "counter.nobody_came" });
    }
    if (answer.ok && answer.data?.can) this.#receive(answer.data);
    else await this.#ask();
    this.store.update({ busy: null });
    return answer.ok;
  }

  /** Ask for the whole state over plain HTTP: after an act, and whenever the socket has been quiet. */
  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const answer = await request("GET", this.#path, undefined, { timeoutMs: HEARTBEAT_TIMEOUT_MS });
    this.#isAsking = false;
    if (answer.ok) this.#receive(answer.data);
    else if (answer.status === 401) location.assign(`/sign-in?next=${location.pathname}`);
    else if (answer.status === 0 || answer.status >= 502) this.#lose();
  }

  #receive(counter) {
    const shown = this.store.get();
    const isOlder = !this.#isFresh && shown.counter !== null && counter.version < shown.counter.version;
    const heard = { isLive: true, heardAt: Date.now() };
    if (isOlder) {
      this.store.update(heard);
      return;
    }
    this.#isFresh = false;
    const before = shown.counter?.ticket;
    if (before?.id !== counter.ticket?.id || before?.state !== counter.ticket?.state) {
      this.#guardUntil = Date.now() + GUARD_MS;
    }
    this.store.update({
      ...heard,
      counter,
      skewMs: Date.parse(counter.at) - Date.now(),
      dialog: stillFits(shown.dialog, counter) ? shown.dialog : null,
    });
    if (!shown.isLive) this.#tell({ kind: "good", key: "counter.back_online" });
  }

  #lose() {
    if (!this.store.get().isLive) return;
    this.store.update({ isLive: false, dialog: null, notice: null });
  }

  #watch() {
    const quietMs = Date.now() - this.store.get().heardAt;
    if (quietMs > LOST_MS) this.#lose();
    if (quietMs > QUIET_MS || !this.store.get().isLive) this.#ask();
  }

  #tell(notice) {
    clearTimeout(this.#noticeTimer);
    this.store.update({ notice });
    if (notice.kind !== "bad") {
      this.#noticeTimer = setTimeout(() => {
        if (this.store.get().notice === notice) this.dismiss();
      }, GOOD_NEWS_MS);
    }
  }
}

/** A dialog over a visitor who has gone must not act on the next one. */
function stillFits(dialog, counter) {
  if (dialog === null) return true;
  return counter.can.includes(ACTS[dialog.verb].as ?? dialog.verb) && (dialog.ticket ?? null) === (counter.ticket?.id ?? null);
}
