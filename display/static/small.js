/** The small display over one counter: its number, the ticket in hand, or why it is not served. */
import { html, render } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { name, t, time } from "/static/js/wording.js";
import { wearEvenly } from "./burn-in.js";
import { Emergency, emergencyOn } from "./emergency.js";
import { Hall } from "./hall.js";
import { useSpoken } from "./languages.js";
import { Strip } from "./strip.js";
import { useEverySecond } from "./ticking.js";

const page = readJson("state");
const hall = new Hall({ zone: page.zone, board: page.board });
const screen = document.getElementById("screen");

function Small() {
  useEverySecond();
  const { board, isLive } = useStore(hall.store);
  const { code } = useSpoken(hall, board, page.settings);
  const row = board?.counters.find(({ counter }) => counter === page.counter);
  const state = stateOf(row);
  const emergency = emergencyOn(board, hall.now());
  if (emergency) return html`<${Emergency} message=${emergency} languages=${board.languages} />`;
  return html`<main class="small" data-state=${state} lang=${code}>
    <header class="small__head">
      <h1 class="small__label">${t("display.counter", {}, code)}${" "}<strong class="small__counter number">${page.counter}</strong></h1>
    </header>
    <div class="small__body" role="status">
      ${row?.number
        ? html`<p class="small__number number" key=${row.number}>${row.number}</p>
            <p class="small__text">${t(`display.${state === "called" ? "come" : "serves"}`, {}, code)}</p>`
        : html`<p class="small__state">${reason(row, code) ?? t(`display.${state}`, {}, code)}</p>
            ${row?.until && html`<p class="small__text">${t("display.until", { time: time(row.until, code) }, code)}</p>`}`}
    </div>
    ${board && !isLive && html`<${Strip} hall=${hall} code=${code} />`}
  </main>`;
}

function stateOf(counter) {
  if (!counter) return "closed";
  if (counter.number) return counter.ticket_state === "called" ? "called" : "serves";
  return counter.state === "open" ? "free" : counter.state;
}

/** The reason's public wording, while the counter is paused. */
function reason(row, code) {
  if (row?.state !== "paused") return null;
  const found = page.pause_reasons.find(({ key }) => key === row.reason);
  return found ? name(found.name, code) : null;
}

render(html`<${Small} />`, screen);
hall.start();
wearEvenly(screen);
