/** Speaks a text: with the server's voice, or where there is none with the browser's own. */
import { decode, play } from "./audio.js";

const ANSWER_MS = 8000;
// The server takes a thousand signs at a time.
const LONGEST = 900;
// Whoever has no voice of its own is understood in one of its kin's.
const KIN = { az: ["az", "tr"], uz: ["uz", "tr"] };
const SLOW = 0.9;

let speaking = new AbortController();

/**
 * Say a text of this screen; what was being said stops.
 *
 * @param {string} text
 * @param {string} language such as "az"
 * @param {{volume?: number}} [options] 0..1
 * @returns {Promise<boolean>} true when it was heard to its end; never rejects
 */
export async function say(text, language, { volume = 1 } = {}) {
  hush();
  const { signal } = speaking;
  for (const part of partsOf(text)) {
    const found = await fetchSpeech("/api/v1/voice", { signal, body: { text: part, language } });
    if (!(await utter(found ?? { text: part, language }, { volume, signal }))) return false;
  }
  return !signal.aborted;
}

/** Stop speaking. */
export function hush() {
  speaking.abort();
  speaking = new AbortController();
}

/**
 * @typedef {object} Speech
 * @property {AudioBuffer} [sound] the server's voice
 * @property {string} [text] what the browser should say itself
 * @property {string} [language]
 */

/**
 * Ask the server for its voice.
 *
 * @param {string} url
 * @param {{body?: object, signal?: AbortSignal}} [options] with a body it is a POST
 * @returns {Promise<Speech | null>} null when no good answer came
 */
export async function fetchSpeech(url, { body, signal } = {}) {
  try {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      headers: { Accept: "audio/wav, application/json", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]),
    });
    if (!response.ok) return null;
    if (!response.headers.get("Content-Type")?.startsWith("audio/")) return await response.json();
    const sound = await decode(await response.arrayBuffer());
    return sound && { sound };
  } catch {
    return null;
  }
}

/**
 * @param {Speech} speech
 * @param {{volume?: number, signal?: AbortSignal}} [options]
 * @returns {Promise<boolean>} true when it was heard to its end; never rejects
 */
export async function utter(speech, { volume = 1, signal } = {}) {
  try {
    if (speech.sound) return await play(speech.sound, { volume, signal });
    return await speakItself(speech.text, speech.language, { volume, signal });
  } catch {
    return false;
  }
}

async function speakItself(text, language, { volume, signal }) {
  const voice = await ownVoice(language);
  if (!voice) return false;
  // Some browsers fall silent within a long text, never within a sentence.
  for (const sentence of text.match(/[^.!?;]+[.!?;]*/g) ?? []) {
    if (signal?.aborted || !(await speakSentence(sentence, voice, { volume, signal }))) return false;
  }
  return true;
}

function speakSentence(sentence, voice, { volume, signal }) {
  const utterance = new SpeechSynthesisUtterance(sentence);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  utterance.volume = volume;
  utterance.rate = SLOW;
  return new Promise((done) => {
    const stop = () => {
      speechSynthesis.cancel();
      finish(false);
    };
    const late = setTimeout(stop, 5000 + sentence.length * 200);
    const finish = (isWhole) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
      done(isWhole);
    };
    utterance.onend = () => finish(true);
    utterance.onerror = () => finish(false);
    signal?.addEventListener("abort", stop);
    speechSynthesis.speak(utterance);
  });
}

async function ownVoice(language) {
  if (!("speechSynthesis" in globalThis)) return null;
  if (speechSynthesis.getVoices().length === 0) {
    await new Promise((done) => {
      speechSynthesis.addEventListener("voiceschanged", done, { once: true });
      setTimeout(done, 1000);
    });
  }
  const voices = speechSynthesis.getVoices();
  for (const code of KIN[language] ?? [language]) {
    const voice = voices.find(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === code);
    if (voice) return voice;
  }
  return null;
}

/** Cut a long text between its sentences, or where there are none between words. */
function partsOf(text) {
  const parts = [];
  let rest = text.trim();
  while (rest.length > LONGEST) {
    const head = rest.slice(0, LONGEST);
    const end = Math.max(head.lastIndexOf(". "), head.lastIndexOf("\n")) + 1 || head.lastIndexOf(" ") + 1 || LONGEST;
    parts.push(head.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest ? [...parts, rest] : parts;
}
