import { html, render } from "../../static/js/html.js";
import { watchIdle } from "../../static/js/idle.js";
import "../../static/js/more-icons.js";
import { App } from "./app.js";
import { keepHere } from "./history.js";
import { watchKeys } from "./keys.js";
import { keepScale } from "./scale.js";
import { readScan, watchScanner } from "./scanner.js";
import {
  askCode,
  back,
  checkIn,
  refreshCatalogue,
  refreshTicket,
  reset,
  restore,
  settings,
  showTicket,
  store,
} from "./session.js";
import { toggleListening, watchFocus } from "./voice.js";

const REFRESH_MS = 10_000;
const REFRESH_AWAY_MS = 2500;
const REFRESH_TICKET_MS = 2000;

keepScale(settings.screen_mm);
restore();

const idle = watchIdle({
  afterMs: 1000 * settings.idle_s,
  warnMs: 1000 * settings.warning_s,
  onWarn: (secondsLeft) => {
    const { screen, secondsLeft: shown } = store.get();
    if (screen !== "attract" && secondsLeft !== shown) store.update({ secondsLeft });
  },
  onStay: () => store.update({ secondsLeft: null }),
  onIdle: () => {
    if (store.get().screen !== "attract") reset();
  },
});

async function keepFresh() {
  const isThere = await refreshCatalogue();
  setTimeout(keepFresh, isThere ? REFRESH_MS : REFRESH_AWAY_MS);
}
setTimeout(keepFresh, REFRESH_MS);
setInterval(refreshTicket, REFRESH_TICKET_MS);

watchKeys({ onBack: back, onListen: toggleListening });
watchFocus();
keepHere();
watchScanner(
  (text) => {
    const scan = readScan(text);
    idle.touch();
    if (scan.ticket) showTicket(scan.ticket);
    else scanCode(scan.code);
  },
  () => !store.get().isTaking && store.get().screen !== "staff",
);

// A code may be held to the reader on any screen; a refusal needs the screen that explains it.
function scanCode(code) {
  const isFirst = store.get().screen === "attract";
  if (store.get().screen !== "code") askCode("appointment");
  store.update({ code });
  checkIn(code, { keepsLanguage: isFirst });
}

// A long press is no way into the browser's own menu.
addEventListener("contextmenu", (event) => event.preventDefault());

render(html`<${App} onStay=${idle.touch} />`, document.getElementById("app"));
