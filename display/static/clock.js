import { html, useEffect, useReducer } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { time } from "/static/js/wording.js";

const { calendar } = readJson("state");

/** The centre's time and day, by the server's clock. */
export function Clock({ hall, code }) {
  const [, tick] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const now = new Date(hall.now());
  return html`<div class="clock">
    <p class="clock__time number">${time(now, code)}</p>
    <p class="clock__day">${day(now, code)}</p>
  </div>`;
}

/** Browsers know the names of days in few languages, so the page brings its own. */
function day(now, code) {
  const { pattern, weekdays, months } = calendar[code];
  const timeZone = document.documentElement.dataset.timezone;
  const iso = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone }).format(now);
  const [, month, date] = iso.split("-").map(Number);
  const weekday = weekdays[new Date(`${iso}T00:00Z`).getUTCDay()];
  const text = pattern.replace(/EEEE|MMMM|d/g, (part) => ({ EEEE: weekday, MMMM: months[month - 1], d: date })[part]);
  return text.charAt(0).toLocaleUpperCase(code) + text.slice(1);
}
