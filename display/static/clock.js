import { html } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { time } from "/static/js/wording.js";
import { useEverySecond } from "./ticking.js";

const { calendar } = readJson("state");

/** The centre's time and day, by the server's clock. */
export function Clock({ hall, code }) {
  useEverySecond();
  const now = new Date(hall.now());
  const today = day(now, code);
  return html`<div class="clock">
    <p class="clock__time number">${time(now, code)}</p>
    <p class="clock__day">${today.charAt(0).toLocaleUpperCase(code) + today.slice(1)}</p>
  </div>`;
}

/** Write a day of the centre; browsers know the names of days in few languages, so the page brings its own. */
export function day(at, code) {
  const { pattern, weekdays, months } = calendar[code];
  const timeZone = document.documentElement.dataset.timezone;
  const iso = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone }).format(at);
  const [, month, date] = iso.split("-").map(Number);
  const weekday = weekdays[new Date(`${iso}T00:00Z`).getUTCDay()];
  return pattern.replace(/EEEE|MMMM|d/g, (part) => ({ EEEE: weekday, MMMM: months[month - 1], d: date })[part]);
}
