/** The hall board. The page holds the first board; afterwards the socket brings it whole. */
import { html, render, useState } from "/static/js/html.js";
import { request } from "/static/js/http.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { name, t } from "/static/js/wording.js";
import { Announcer } from "./announcer.js";
import { wearEvenly } from "./burn-in.js";
import { Calls } from "./calls.js";
import { Clock } from "./clock.js";
import { CountersLine } from "./counters-line.js";
import { Emergency, emergencyOn } from "./emergency.js";
import { Hall } from "./hall.js";
import { stateLanguage, useSpoken } from "./languages.js";
import { Messages } from "./messages.js";
import { Night, isNight } from "./night.js";
import { Sound } from "./sound.js";
import { Presence } from "./presence.js";
import { Strip } from "./strip.js";
import { useEverySecond } from "./ticking.js";
import { Waiting } from "./waiting.js";

const PLAYLIST_EVERY_MS = 300000;

const page = readJson("state");
const hall = new Hall({ zone: page.zone, board: page.board, onCall: (call) => announcer.add(call) });
const announcer = new Announcer({
  sound: soundNow,
  isCurrent: (call) => hall.isAwaited(call),
  stateLanguage,
});
const screen = document.getElementById("screen");

function Board() {
  useEverySecond();
  const { board, isLive } = useStore(hall.store);
  const spoken = useSpoken(hall, board, page.settings);
  const [farM, setFarM] = useState(null);
  if (!board) return html`<p class="board__loading">${t("display.connecting", {}, spoken.code)}</p>`;
  const { code } = spoken;
  const now = hall.now();
  const emergency = emergencyOn(board, now);
  if (emergency) return html`<${Emergency} message=${emergency} languages=${board.languages} />`;
  if (isLive && isNight(board)) return html`<${Night} hall=${hall} board=${board} code=${code} />`;
  return html`<div class="board" data-columns=${page.display.columns}>
    <header class="board__head" lang=${code}>
      <div class="board__names">
        <h1 class="board__zone">${name(board.zone_name ?? board.centre_name, code)}</h1>
        ${board.zone_name && html`<p class="board__centre">${name(board.centre_name, code)}</p>`}
      </div>
      <${Clock} hall=${hall} code=${code} />
    </header>
    <main class="board__main">
      <${Calls} hall=${hall} board=${board} code=${code} page=${page} onFit=${setFarM} />
      <div class="board__side">
        <${Messages} board=${board} now=${now} spoken=${spoken} />
        <${Waiting} board=${board} spoken=${spoken} />
        <div class="board__corner"><${Presence} isAsked=${page.presence} code=${code} display=${page.display} /></div>
      </div>
    </main>
    <footer class="board__foot">
      <${Strip} hall=${hall} code=${code}>
        <${CountersLine} board=${board} spoken=${spoken} reasons=${page.pause_reasons} />
      <//>
      ${farM !== null && html`<p class="board__small" lang=${code}>${t("display.too_small", { far: farM, wanted: page.display.distance_m }, code)}</p>`}
      ${isLive && board.checkpoint && html`<p class="board__seal" lang=${code}>
        ${t("display.sealed", { size: board.checkpoint.size, short: board.checkpoint.short }, code)}
      </p>`}
      <${Sound} code=${code} />
    </footer>
  </div>`;
}

/** While there is an emergency nobody is called to a counter. */
function soundNow() {
  const { board } = hall.store.get();
  return emergencyOn(board, hall.now()) ? { ...board.sound, volume: 0 } : board?.sound;
}

/** New pictures are shown without anybody going to each display. */
async function refreshPlaylist() {
  const answer = await request("GET", "/display/playlist");
  if (answer.ok) page.playlist = answer.data.playlist;
}

render(html`<${Board} />`, screen);
announcer.resume(page.board?.calls ?? []);
hall.start();
wearEvenly(screen);
if (page.playlist !== null) setInterval(refreshPlaylist, PLAYLIST_EVERY_MS);
