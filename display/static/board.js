/** The hall board. The page holds the first board; afterwards the socket brings it whole. */
import { html, render } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { name, t } from "/static/js/wording.js";
import { Calls } from "./calls.js";
import { Clock } from "./clock.js";
import { Hall } from "./hall.js";
import { useSpoken } from "./languages.js";
import { Sound, ring } from "./sound.js";
import { Presence } from "./presence.js";
import { Strip } from "./strip.js";
import { Waiting } from "./waiting.js";

const page = readJson("state");
const hall = new Hall({ zone: page.zone, board: page.board, onCall: ring });

function Board() {
  const { board, isLive } = useStore(hall.store);
  const spoken = useSpoken(board);
  if (!board) return html`<p class="board__loading">${t("display.connecting", {}, spoken.code)}</p>`;
  return html`<div class="board">
    <header class="board__head" lang=${spoken.code}>
      <div>
        <h1 class="board__zone">${name(board.zone_name ?? board.centre_name, spoken.code)}</h1>
        ${board.zone_name && html`<p class="board__centre">${name(board.centre_name, spoken.code)}</p>`}
      </div>
      <${Clock} hall=${hall} code=${spoken.code} />
    </header>
    <main class="board__main">
      <${Calls} board=${board} code=${spoken.code} />
      <${Waiting} board=${board} spoken=${spoken} />
    </main>
    <footer class="board__foot">
      <${Strip} hall=${hall} code=${spoken.code} />
      ${isLive && board.checkpoint && html`<p class="board__seal" lang=${spoken.code}>
        ${t("display.sealed", { size: board.checkpoint.size, short: board.checkpoint.short }, spoken.code)}
      </p>`}
      <${Presence} isAsked=${page.presence} code=${spoken.code} />
      <${Sound} code=${spoken.code} />
    </footer>
  </div>`;
}

render(html`<${Board} />`, document.getElementById("screen"));
hall.start();
