/** How loud this kiosk is: its own, set by staff; a visitor's louder ends with the visitor. */
import { readJson } from "../../static/js/state.js";

const SAVED_AS = "navbat.kiosk.volume";
// Of the kiosk's own; twice as loud is about ten decibels.
const LOUDER = { "": 1, louder: 1.8, loudest: 3.2 };

/** @returns {number} 0..1, what every visitor begins with: at most 65 dBA, which staff measure once */
export function homeVolume() {
  const own = Number(localStorage.getItem(SAVED_AS));
  return (own >= 5 && own <= 100 ? own : readJson("state").kiosk.volume) / 100;
}

/** @param {number} percent 5..100, of this kiosk from now on */
export function setHomeVolume(percent) {
  localStorage.setItem(SAVED_AS, String(percent));
}

/** @param {"" | "louder" | "loudest"} sound @returns {number} 0..1 */
export function volumeFor(sound) {
  return Math.min(1, homeVolume() * LOUDER[sound]);
}
