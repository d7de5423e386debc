/** One zone's board as last received, how old it is, and which calls are still to be announced. */
import { request } from "/static/js/http.js";
import { connect } from "/static/js/socket.js";
import { createStore } from "/static/js/store.js";

const QUIET_MS = 3000;
const ANSWER_MS = 3000;
const OLD_AFTER_MS = 5000;
// What a display missed for longer is no news to it.
const CURRENT_MS = 30000;
// A clock that is further off than this was set.
const SET_MS = 2000;

/**
 * @typedef {object} HallState
 * @property {object | null} board the published Board, whole
 * @property {boolean} isLive whether the picture is younger than OLD_AFTER_MS
 * @property {number} heardAt when the server was last heard, by `performance.now()`
 */

export class Hall {
  #zone;
  #onCall;
  #announced = new Set();
  #isFresh = true;
  #isAsking = false;
  // The server's time less that of a clock which nobody sets: the machine's own may be an hour wrong.
  #offsetMs;

  /**
   * @param {object} options
   * @param {string | null} options.zone null for the whole hall
   * @param {object | null} options.board the page's first state
   * @param {(call: {number: string, counter: number}) => void} [options.onCall] once for each call
   */
  constructor({ zone, board, onCall = () => {} }) {
    this.#zone = zone;
    this.#onCall = onCall;
    this.#offsetMs = (board ? Date.parse(board.at) : Date.now()) - performance.now();
    this.store = createStore({ board, isLive: true, heardAt: performance.now() });
    for (const call of board?.calls ?? []) this.#announced.add(keyOf(call));
  }

  start() {
    connect("/hall", {
      query: this.#zone === null ? {} : { zone: this.#zone },
      on: { board: (board) => this.#receive(board), call: (call) => this.#announce(call) },
      // A restarted server may count its versions anew, so the first board after a connection is taken as it is.
      onLive: () => (this.#isFresh = true),
    });
    setInterval(() => this.#watch(), 500);
    addEventListener("online", () => this.#ask());
  }

  /** @returns {number} the server's time now, in milliseconds since 1970 */
  now() {
    return performance.now() + this.#offsetMs;
  }

  /** @returns {number} how long ago the server was last heard, in milliseconds */
  ageMs() {
    return performance.now() - this.store.get().heardAt;
  }

  /**
   * A socket can be dead for a long time before anyone notices, and a hall is quiet at noon. So whatever was not
   * heard for a while is asked for, which is also the way when websockets do not get through.
   */
  #watch() {
    const quietMs = this.ageMs();
    if (this.store.get().isLive && quietMs > OLD_AFTER_MS) this.store.update({ isLive: false });
    if (quietMs > QUIET_MS) this.#ask();
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const path = this.#zone === null ? "/api/v1/hall" : `/api/v1/hall?zone=${encodeURIComponent(this.#zone)}`;
    const answer = await request("GET", path, undefined, { timeoutMs: ANSWER_MS });
    if (answer.ok) this.#receive(answer.data);
    // Also keeps a server that is away or busy from being asked twice a second.
    setTimeout(() => (this.#isAsking = false), answer.ok ? 0 : 1000);
  }

  #receive(board) {
    const heard = { isLive: true, heardAt: performance.now() };
    const shown = this.store.get().board;
    if (!this.#isFresh && shown !== null && board.version < shown.version) {
      this.store.update(heard);
      return;
    }
    this.#isFresh = false;
    this.#setClock(Date.parse(board.at));
    this.store.update({ ...heard, board });
    // Oldest first, as they were called; a `call` that overtook its board is known already.
    for (const call of [...board.calls].reverse()) {
      // A display that was away says what is still called, however long ago: its visitor has not heard it.
      if (call.state === "called") this.#announce(call);
      else this.#announced.add(keyOf(call));
    }
    this.#forget(board.calls);
  }

  /** The server tells whole seconds that have begun: of what it told, the greatest is nearest to the truth. */
  #setClock(serverMs) {
    const offsetMs = serverMs - performance.now();
    const isSet = Math.abs(offsetMs - this.#offsetMs) > SET_MS;
    this.#offsetMs = isSet ? offsetMs : Math.max(offsetMs, this.#offsetMs);
  }

  /** @returns {boolean} whether a call is young enough to be seen coming by who missed it */
  isCurrent(call) {
    return this.now() - Date.parse(call.called_at) < CURRENT_MS;
  }

  /** @returns {boolean} whether the visitor of a call has still to come, as far as is known here */
  isAwaited({ number, counter, version = 0 }) {
    const { board } = this.store.get();
    // Its board is still on the way.
    if (board === null || version > board.version) return true;
    const row = board.counters.find((each) => each.counter === counter);
    return row?.number === number && row.ticket_state === "called";
  }

  #announce(call) {
    const key = keyOf(call);
    if (this.#announced.has(key)) return;
    this.#announced.add(key);
    this.#onCall(call);
  }

  /** A day of calls must not fill the memory of a display that is never closed. */
  #forget(calls) {
    if (this.#announced.size < 500) return;
    this.#announced = new Set([...[...this.#announced].slice(-100), ...calls.map(keyOf)]);
  }
}

/** The same visitor called again, at another counter, or after coming back from a missed call, is another call. */
export function keyOf({ number, counter, call_count: count, called_at: at }) {
  return `${number}/${counter}/${count}/${at}`;
}
