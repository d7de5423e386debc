/**
 * Sentences, names and times in the reader's language.
 *
 * Sentences come from the page's #wording: {language: {key: text or {plural category: text}}}.
 */
import { useEffect, useState } from "preact/hooks";
import { readJson } from "./state.js";

/** @typedef {Record<string, string>} Names one text by language, e.g. {az: "Doğum", ru: "Рождение"} */

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);
// A browser without Azerbaijani or Uzbek would count and tell the time as its own interface does, which may be Russian.
const KNOWN_EVERYWHERE = "en-GB";

/** @type {Record<string, Record<string, string | Record<string, string>>>} */
const catalogues = readJson("wording", {});
const stateLanguage = document.documentElement.dataset.stateLanguage ?? Object.keys(catalogues)[0] ?? "az";
const listeners = new Set();
let current = document.documentElement.lang || stateLanguage;

/** @returns {string} the language now spoken on this page */
export function language() {
  return current;
}

/** @returns {string[]} every language whose sentences this page holds */
export function languages() {
  return Object.keys(catalogues);
}

/** @param {string} code @returns {"ltr" | "rtl"} */
export function direction(code) {
  return RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr";
}

/** @param {string} code one of languages(); components that use useLanguage() are drawn again */
export function setLanguage(code) {
  current = code;
  document.documentElement.lang = code;
  document.documentElement.dir = direction(code);
  for (const listener of listeners) listener(code);
}

/** Draw a component again whenever the language changes. @returns {string} */
export function useLanguage() {
  const [, redraw] = useState(current);
  useEffect(() => {
    listeners.add(redraw);
    return () => listeners.delete(redraw);
  }, []);
  return current;
}

/**
 * @param {string} key such as "kiosk.take"
 * @param {Record<string, string | number>} [params] fills {placeholders}; `n` also chooses the plural
 * @param {string} [code] another language than the current one
 * @returns {string}
 */
export function t(key, params = {}, code = current) {
  const entry = catalogues[code]?.[key] ?? catalogues[stateLanguage]?.[key];
  if (entry === undefined) {
    console.error(`no wording for ${key} in ${code}`);
    return key;
  }
  const text = typeof entry === "string" ? entry : entry[pluralCategory(params.n, code)] ?? entry.other;
  return text.replace(/\{(\w+)\}/g, (whole, word) => (word in params ? String(params[word]) : whole));
}

/**
 * @param {Names | null | undefined} names
 * @param {string} [code]
 * @returns {string} in the current language, or else in the state language, or whatever there is
 */
export function name(names, code = current) {
  return names ? names[nameLanguage(names, code)] ?? "" : "";
}

/**
 * Tell which language name() answers in: set it as `lang` where it is not the page's own.
 *
 * @param {Names} names
 * @param {string} [code]
 * @returns {string}
 */
export function nameLanguage(names, code = current) {
  if (names[code]) return code;
  return names[stateLanguage] ? stateLanguage : Object.keys(names)[0];
}

/**
 * @param {string | Date} at RFC 3339
 * @param {string} [code]
 * @returns {string} the centre's clock, e.g. "10:40"
 */
export function time(at, code = current) {
  return formatter(code, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

const formatters = new Map();

function formatter(code, options) {
  const key = code + JSON.stringify(options);
  if (!formatters.has(key)) {
    const timeZone = document.documentElement.dataset.timezone;
    formatters.set(key, new Intl.DateTimeFormat([code, KNOWN_EVERYWHERE], { ...options, timeZone }));
  }
  return formatters.get(key);
}

function pluralCategory(n, code) {
  return typeof n === "number" ? new Intl.PluralRules([code, KNOWN_EVERYWHERE]).select(n) : "other";
}
