import { keyOf } from "./hall.js";

const SOONEST_MS = 1000;
// However many are called in one moment, the last of them is on the board by then.
const ALL_WITHIN_MS = 12000;

/**
 * Lets calls onto the board one after another: of eight counters that call in the same second each gets the top, in
 * the order of the calls. What a display missed while it was away is there at once: it shows how things stand.
 */
export class Entrance {
  #hall;
  #apartMs;
  #entered = new Set();
  #fresh = new Map();
  #nextAt = 0;
  #allBy = 0;
  #isBusy = false;
  #timer;
  #redraw;

  /**
   * @param {object} options
   * @param {import("./hall.js").Hall} options.hall
   * @param {number} options.apartMs how long a new call has the top for itself while others wait
   * @param {() => void} options.redraw
   */
  constructor({ hall, apartMs, redraw }) {
    this.#hall = hall;
    this.#apartMs = apartMs;
    this.#redraw = redraw;
    for (const call of hall.store.get().board?.calls ?? []) this.#entered.add(keyOf(call));
  }

  /**
   * @param {object[]} calls newest first
   * @returns {object[]} those that are on the board now, newest first
   */
  admit(calls) {
    const now = performance.now();
    let waiting = calls.filter((call) => !this.#entered.has(keyOf(call))).reverse();
    for (const call of waiting) if (!this.#hall.isCurrent(call)) this.#entered.add(keyOf(call));
    waiting = waiting.filter((call) => !this.#entered.has(keyOf(call)));
    if (!this.#isBusy) this.#allBy = now + ALL_WITHIN_MS;
    if (waiting.length > 0 && now >= this.#nextAt) {
      const call = waiting.shift();
      this.#entered.add(keyOf(call));
      this.#fresh.set(keyOf(call), now);
      const shareMs = (this.#allBy - now) / Math.max(1, waiting.length);
      this.#nextAt = now + Math.max(SOONEST_MS, Math.min(this.#apartMs, shareMs));
    }
    this.#isBusy = waiting.length > 0;
    clearTimeout(this.#timer);
    if (waiting.length > 0) this.#timer = setTimeout(this.#redraw, Math.max(0, this.#nextAt - now) + 1);
    this.#forget(calls);
    return calls.filter((call) => this.#entered.has(keyOf(call)));
  }

  /** @returns {boolean} whether a call came while the board was looked at, and so fades in */
  isNew(call) {
    return this.#fresh.has(keyOf(call));
  }

  /** @returns {number} milliseconds since a call last came onto the board */
  quietMs() {
    return performance.now() - Math.max(-Infinity, ...this.#fresh.values());
  }

  close() {
    clearTimeout(this.#timer);
  }

  /** What is no longer on the board needs no memory, but for the newest: it tells how long it has been quiet. */
  #forget(calls) {
    const there = new Set(calls.map(keyOf));
    for (const key of this.#entered) if (!there.has(key)) this.#entered.delete(key);
    const newest = [...this.#fresh.keys()].at(-1);
    for (const key of this.#fresh.keys()) if (!there.has(key) && key !== newest) this.#fresh.delete(key);
  }
}
