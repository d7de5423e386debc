/** Announces calls aloud: each in its order, one at a time, and only what is still called. */
import { chime } from "/static/js/chime.js";
import { fetchSpeech, utter } from "/static/js/speech.js";
import { keyOf } from "./hall.js";

// Softer than the voice: it asks for attention, and the voice tells for what.
const CHIME_SHARE = 0.6;
const SPOKEN_KEY = "navbat.spoken";
const SPOKEN_KEPT = 200;

/**
 * @typedef {object} Call as the interface gives it
 * @property {string} number
 * @property {number} counter
 * @property {string | null} language the visitor's
 */

export class Announcer {
  #sound;
  #isCurrent;
  #stateLanguage;
  #firsts = [];
  #repeats = [];
  #isSpeaking = false;
  #spoken;
  #isReload;

  /**
   * @param {object} options
   * @param {() => {volume: number, chime: boolean, repeat: number} | undefined} options.sound as the board has it now
   * @param {(call: Call) => boolean} options.isCurrent whether the visitor is still awaited
   * @param {string} options.stateLanguage
   */
  constructor({ sound, isCurrent, stateLanguage }) {
    this.#sound = sound;
    this.#isCurrent = isCurrent;
    this.#stateLanguage = stateLanguage;
    const kept = read();
    this.#isReload = kept !== null;
    this.#spoken = new Set(kept ?? []);
  }

  /** Take up what a page that was loaded anew had still to say. @param {Call[]} calls newest first */
  resume(calls) {
    if (!this.#isReload) this.#remember(...calls);
    else for (const call of [...calls].reverse()) if (!this.#spoken.has(keyOf(call))) this.add(call);
  }

  /** @param {Call} call */
  add(call) {
    // Called once more: what was still to be said of the call before is said by this one.
    this.#repeats = this.#repeats.filter((each) => each.call.number !== call.number);
    this.#firsts.push({ call, speeches: new Map(), times: 0 });
    this.#speak();
  }

  async #speak() {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    // Nobody waits for the repetition of another's call.
    for (let next; (next = this.#firsts.shift() ?? this.#repeats.shift()); ) {
      try {
        if (this.#isCurrent(next.call)) await this.#announce(next);
      } catch (error) {
        console.warn("a call could not be announced", error);
      }
      this.#remember(next.call);
      next.times += 1;
      if (next.times <= (this.#sound()?.repeat ?? 0)) this.#repeats.push(next);
    }
    this.#isSpeaking = false;
  }

  async #announce({ call, speeches }) {
    const { volume = 0, chime: hasChime = true } = this.#sound() ?? {};
    if (volume === 0) return;
    const languages = [...new Set([call.language ?? this.#stateLanguage, this.#stateLanguage])];
    // They are made while the chime rings, and kept for the repetition.
    for (const language of languages) {
      if (!speeches.has(language)) speeches.set(language, fetchSpeech(urlOf(call, language)));
    }
    if (hasChime) await chime(volume * CHIME_SHARE);
    for (const language of languages) {
      const speech = await speeches.get(language);
      if (speech === null) speeches.delete(language);
      else if (this.#isCurrent(call)) await utter(speech, { volume });
    }
  }

  #remember(...calls) {
    for (const call of calls) this.#spoken.add(keyOf(call));
    this.#spoken = new Set([...this.#spoken].slice(-SPOKEN_KEPT));
    try {
      sessionStorage.setItem(SPOKEN_KEY, JSON.stringify([...this.#spoken]));
    } catch {
      // a browser that keeps nothing: only a reload in the middle of a call is the poorer for it
    }
  }
}

function urlOf({ number, counter }, language) {
  return `/api/v1/voice/call?${new URLSearchParams({ number, counter, language })}`;
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(SPOKEN_KEY));
  } catch {
    return null;
  }
}
