import { html, render } from "../../static/js/html.js";
import { watchIdle } from "../../static/js/idle.js";
import { App } from "./app.js";
import { keepScale } from "./scale.js";
import { refreshCatalogue, refreshTicket, reset, restore, settings, store } from "./session.js";

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

// A long press is no way into the browser's own menu.
addEventListener("contextmenu", (event) => event.preventDefault());

render(html`<${App} onStay=${idle.touch} />`, document.getElementById("app"));
