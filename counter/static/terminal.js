/** The official's terminal. The page holds the first state; afterwards the socket brings it whole. */
import { html, render } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { t, useLanguage } from "/static/js/wording.js";
import { Dialogs } from "./dialogs.js";
import { HandCard } from "./hand-card.js";
import { signOutWhenIdle } from "./idle-out.js";
import { NoHand } from "./no-hand.js";
import { Notice } from "./notice.js";
import { Session } from "./session.js";
import { listenForShortcuts } from "./shortcuts.js";
import { Side } from "./side.js";
import { TopBar } from "./top-bar.js";

const page = readJson("state");
const session = new Session({ number: page.counter_number, me: page.me.id, counter: page.counter });

function Terminal() {
  useLanguage();
  const { counter } = useStore(session.store);
  return html`<${TopBar} session=${session} page=${page} />
    <main class="desk">
      <div class="desk__main">
        <${Notice} session=${session} />
        ${!counter && html`<p class="empty quiet">${t("counter.loading")}</p>`}
        ${counter && (counter.ticket && !session.isTaken() ? html`<${HandCard} session=${session} />` : html`<${NoHand} session=${session} page=${page} />`)}
      </div>
      ${counter && html`<${Side} session=${session} />`}
    </main>
    <${Dialogs} session=${session} page=${page} />`;
}

render(html`<${Terminal} />`, document.getElementById("screen"));
session.start();
listenForShortcuts(session);
signOutWhenIdle(page.idle_minutes);
