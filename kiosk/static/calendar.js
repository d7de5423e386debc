import { t } from "../../static/js/wording.js";

/**
 * Write a day of the centre's calendar, such as "24 noyabr".
 *
 * The words are our own: browsers leave out Intl's months for Azerbaijani and Uzbek.
 *
 * @param {string | Date} at
 * @param {string} [code] language
 * @returns {string}
 */
export function day(at, code) {
  const timeZone = document.documentElement.dataset.timezone;
  const parts = new Intl.DateTimeFormat("en", { timeZone, day: "numeric", month: "numeric" }).formatToParts(new Date(at));
  const { day, month } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return t(`kiosk.date_${month}`, { day }, code);
}
