/** The supervisor's room. The page holds the first state; afterwards the whole of it is asked for every few seconds. */
import { html, render } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { t, useLanguage } from "/static/js/wording.js";
import { signOutWhenIdle } from "../idle-out.js";
import { Advice } from "./advice.js";
import { Alerts } from "./alerts.js";
import { Counters } from "./counters.js";
import { Flow } from "./flow.js";
import { Services } from "./services.js";
import { Today } from "./today.js";
import { Top } from "./top.js";
import { Watch } from "./watch.js";

const page = readJson("state");
const watch = new Watch(page);

function Room() {
  useLanguage();
  const { room, refused } = useStore(watch.store);
  return html`<${Top} watch=${watch} page=${page} />
    <main class="room__main">
      <h1 class="visually-hidden">${t("room.title")}</h1>
      ${refused && html`<p class="notice notice--bad room__refused" role="alert">${refused}</p>`}
      <div class="room__left">
        <${Alerts} watch=${watch} page=${page} />
      </div>
      <div class="room__right">
        <${Today} room=${room} />
        <${Advice} watch=${watch} />
        <${Services} watch=${watch} page=${page} />
        <${Counters} watch=${watch} page=${page} />
        <${Flow} watch=${watch} />
      </div>
    </main>`;
}

render(html`<${Room} />`, document.getElementById("screen"));
watch.start();
signOutWhenIdle(page.idle_minutes);
