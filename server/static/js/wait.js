/** The wait as people plan with it: clock times, rounded outward to five minutes. */

const FIVE_MINUTES_MS = 5 * 60 * 1000;

/**
 * @typedef {object} Wait as the interface gives it
 * @property {number} low_s one in ten is called sooner
 * @property {number} likely_s half are called sooner
 * @property {number} high_s nine in ten are called sooner
 * @property {boolean} rough fewer than 30 visits stand behind it
 */

/**
 * @param {Wait} wait
 * @param {string | number | Date} at when it was estimated
 * @returns {{isSoon: boolean, from: Date, to: Date, by: Date}} `isSoon`: within five minutes, so name no times
 */
export function waitTimes(wait, at) {
  const start = new Date(at).getTime();
  const moment = (seconds, round) =>
    new Date(round((start + 1000 * seconds) / FIVE_MINUTES_MS) * FIVE_MINUTES_MS);
  const from = moment(wait.low_s, Math.floor);
  const to = new Date(Math.max(moment(wait.likely_s, Math.ceil), from.getTime() + FIVE_MINUTES_MS));
  const by = new Date(Math.max(moment(wait.high_s, Math.ceil), to));
  return { isSoon: wait.high_s <= 300, from, to, by };
}

/**
 * @param {Wait} wait
 * @returns {{low: number, high: number}} minutes for a short label, rounded outward to five
 */
export function waitMinutes(wait) {
  return { low: Math.floor(wait.low_s / 300) * 5, high: Math.max(5, Math.ceil(wait.high_s / 300) * 5) };
}
