/** The screen read aloud, from what stands on it, so that both always say the same. */
import { hush, say } from "../../static/js/speech.js";
import { language, t } from "../../static/js/wording.js";
import { store } from "./session.js";
import { volumeFor } from "./volume.js";

/** Words that stand apart are apart when spoken too. */
const APART = "button, li, p, h1, h2, h3, legend, label, section, div, dt, dd, tr, th, td";

/**
 * Read an element as it is seen: no hidden words, pictures by their alternative text.
 *
 * @param {Element} root
 * @param {string} [leftOut] selector of what is not read
 * @returns {string}
 */
export function wordsOf(root, leftOut) {
  const parts = [];
  const gather = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\s+/g, " ");
      if (text.trim()) parts.push(text);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return;
    if (!node.checkVisibility() || (leftOut && node.matches(leftOut))) return;
    if (node.localName === "img") parts.push(`${node.alt}. `);
    else if (node.localName === "input") parts.push(`${node.value}. `);
    else if (node.hasAttribute("aria-label") && node.matches("button")) parts.push(`${node.getAttribute("aria-label")}. `);
    else node.childNodes.forEach(gather);
    if (node.matches(APART)) parts.push(". ");
  };
  gather(root);
  return parts
    .join("")
    .replace(/\s+/g, " ")
    .replace(/([.,:;!?…])(?:\s*\.)+/g, "$1")
    .replace(/\s+\./g, ".")
    .replace(/^[\s.]+/, "")
    .trim();
}

/** @param {string} text say it now, at this visitor's volume */
export function speak(text) {
  return say(text, language(), { volume: volumeFor(store.get().looks.sound) });
}

/** Read what the screen shows now, without the letters of its keyboard. */
export function readScreen() {
  const main = document.querySelector("dialog[open]") ?? document.querySelector("main");
  return speak(wordsOf(main, ".keyboard, .pages__turn"));
}

/** Begin or end to be read to. */
export function toggleListening() {
  const isListening = !store.get().isListening;
  store.update({ isListening });
  if (isListening) readScreen();
  else hush();
}

/**
 * While a visitor listens, say what the keys lead to.
 *
 * @returns {() => void} stops it
 */
export function watchFocus() {
  const tell = ({ target }) => {
    if (!store.get().isListening || !target.matches("button, input")) return;
    if (!target.matches(":focus-visible")) return;
    const name = target.getAttribute("aria-label") ?? wordsOf(target);
    const isChosen = target.getAttribute("aria-pressed") === "true";
    speak(isChosen ? `${name}. ${t("kiosk.chosen")}` : name);
  };
  addEventListener("focusin", tell);
  return () => removeEventListener("focusin", tell);
}
