import { html } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";
import { day } from "./clock.js";
import { useEverySecond } from "./ticking.js";

const MOVE_EVERY_MS = 60000;
// Where the picture stands, minute after minute, in hundredths of the free room: nothing burns in over a night.
const PLACES = [[50, 40], [20, 15], [80, 70], [35, 85], [65, 10], [10, 55], [90, 30]];

/**
 * The dark picture of a centre that is closed: the time, and when it opens again.
 *
 * @param {{hall: import("./hall.js").Hall, board: object, code: string}} props
 */
export function Night({ hall, board, code }) {
  useEverySecond();
  const now = new Date(hall.now());
  const [x, y] = PLACES[Math.floor(hall.now() / MOVE_EVERY_MS) % PLACES.length];
  const opens = board.hours.opens_at && new Date(board.hours.opens_at);
  return html`<main class="night" lang=${code}>
    <div class="night__picture" style=${{ "--x": x / 100, "--y": y / 100 }}>
      <h1 class="night__name">${name(board.zone_name ?? board.centre_name, code)}</h1>
      <p class="night__time number">${time(now, code)}</p>
      <p class="night__text">${t("display.centre_closed", {}, code)}</p>
      ${opens && html`<p class="night__opens">${t("display.opens", { day: day(opens, code), time: time(opens, code) }, code)}</p>`}
    </div>
  </main>`;
}

/** The night begins when the centre is closed and the last visitor has gone. */
export function isNight(board) {
  return (
    board.hours.is_open === false &&
    board.counters.every(({ number }) => number === null) &&
    board.waiting.every(({ waiting }) => waiting === 0)
  );
}
