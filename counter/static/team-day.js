/**
 * A team's day on its tablet: the visits taken along, and what was done, kept on the tablet until the server has it.
 *
 * What is kept is read anew before each change: another tab of the same tablet may have changed it.
 */
import { newKey, request } from "/static/js/http.js";
import { createStore } from "/static/js/store.js";
import { refusal } from "./refusals.js";

const LOOK_EVERY_MS = 15000;
const SENT_AT_ONCE = 100;

/**
 * @typedef {object} Kept
 * @property {any | null} pack
 * @property {import("./team-projection.js").TeamAct[]} acts not sent yet, oldest first
 * @property {any[]} refused what the server could not take in, until it was read
 * @property {number} skewMs the hall's clock minus this tablet's
 */

export class TeamDay {
  #path;
  #place;
  #me;
  #isAsking = false;

  /** @param {{team: string, me: {id: number}}} page */
  constructor({ team, me }) {
    this.#path = `/api/v1/teams/${team}`;
    this.#place = `navbat.team.${team}`;
    this.#me = me.id;
    this.store = createStore({ kept: this.#read(), isLive: navigator.onLine, isReady: false, notice: null });
    this.#dropForeign();
  }

  start() {
    addEventListener("online", () => this.send());
    addEventListener("offline", () => this.store.update({ isLive: false }));
    addEventListener("visibilitychange", () => document.hidden || this.send());
    // Another tab of this tablet has done something.
    addEventListener("storage", (event) => event.key === this.#place && this.store.update({ kept: this.#read() }));
    setInterval(() => this.send(), LOOK_EVERY_MS);
    this.send();
  }

  /** @returns {boolean} whether what waits here is somebody else's */
  isForeign() {
    const { pack, acts } = this.store.get().kept;
    return pack !== null && pack.me !== this.#me && acts.length > 0;
  }

  /**
   * Do something now; it is sent at once or when there is network.
   *
   * @param {string} verb
   * @param {{ticket?: number, reason?: string, score?: number}} [what]
   */
  act(verb, what = {}) {
    const kept = this.#read();
    const at = new Date(Date.now() + kept.skewMs).toISOString();
    this.#keep({ ...kept, acts: [...kept.acts, { id: newKey(), verb, at, ...what }] });
    return this.send();
  }

  /** Send what waits, and take the day as it is now. */
  async send() {
    if (this.#isAsking || this.isForeign()) return;
    this.#isAsking = true;
    const sent = this.#read().acts.slice(0, SENT_AT_ONCE);
    const answer = sent.length
      ? await request("POST", `${this.#path}/acts`, { official: this.#me, acts: sent })
      : await request("POST", `${this.#path}/day`, {});
    this.#isAsking = false;
    const noAnswer = answer.status === 0 || answer.status >= 502;
    this.store.update({ isLive: !noAnswer });
    if (noAnswer) return;
    if (!answer.ok) {
      this.store.update({ notice: { kind: "bad", ...refusal(answer) } });
      return;
    }
    this.#take(sent.length ? answer.data : { results: [], pack: answer.data });
    if (this.#read().acts.length) await this.send();
  }

  /** The refusals were read. */
  forgetRefused() {
    this.#keep({ ...this.#read(), refused: [] });
  }

  /** Nothing of the visits stays on the tablet; only when all is sent. */
  clear() {
    if (this.#read().acts.length) return false;
    localStorage.removeItem(this.#place);
    return true;
  }

  #take({ results, pack }) {
    const kept = this.#read();
    const outcomes = new Map(results.map((each) => [each.id, each]));
    const numbers = new Map((kept.pack?.visits ?? []).map((visit) => [visit.ticket, visit.number]));
    const refused = kept.acts
      .filter((act) => outcomes.has(act.id) && outcomes.get(act.id).outcome !== "done")
      .map((act) => ({ ...act, ...outcomes.get(act.id), number: numbers.get(act.ticket) ?? null }));
    this.#keep({
      pack,
      acts: kept.acts.filter((act) => !outcomes.has(act.id)),
      refused: [...kept.refused, ...refused],
      skewMs: Date.parse(pack.at) - Date.now(),
    });
    this.store.update({ notice: null });
  }

  /** @returns {Kept} */
  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.#place)) ?? EMPTY;
    } catch {
      return EMPTY;
    }
  }

  #keep(kept) {
    localStorage.setItem(this.#place, JSON.stringify(kept));
    this.store.update({ kept });
  }

  /** Who signs in on another's tablet does not see where the other went. */
  #dropForeign() {
    const { pack, acts } = this.store.get().kept;
    if (pack === null || pack.me === this.#me || acts.length) return;
    localStorage.removeItem(this.#place);
    this.store.update({ kept: EMPTY });
  }
}

const EMPTY = { pack: null, acts: [], refused: [], skewMs: 0 };
