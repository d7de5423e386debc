import { html, useEffect, useLayoutEffect, useRef } from "../../static/js/html.js";
import { useStore } from "../../static/js/store.js";
import { t, useLanguage } from "../../static/js/wording.js";
import { Attract } from "./attract.js";
import { Away } from "./away.js";
import { Basket } from "./basket.js";
import { Code } from "./code.js";
import { Detail } from "./detail.js";
import { Footer, Header } from "./frame.js";
import { Home } from "./home.js";
import { IdleWarning } from "./idle-warning.js";
import { Looks } from "./looks.js";
import { Plan } from "./plan.js";
import { Priority } from "./priority.js";
import { Result } from "./result.js";
import { Search } from "./search.js";
import { ServiceList } from "./service-list.js";
import { store } from "./session.js";
import { Staff } from "./staff.js";
import { readScreen } from "./voice.js";

const SCREENS = {
  attract: Attract,
  home: Home,
  list: ServiceList,
  search: Search,
  detail: Detail,
  priority: Priority,
  looks: Looks,
  result: Result,
  code: Code,
  plan: Plan,
  staff: Staff,
};

/** @param {{onStay: () => void}} props */
export function App({ onStay }) {
  const state = useStore(store);
  const language = useLanguage();
  const main = useRef(null);
  const isAway = state.problem === "away" || (state.isAway && state.screen === "attract");
  const Screen = isAway ? Away : SCREENS[state.screen];

  // A new screen starts at its heading, for eyes, for the keyboard and for a screen reader.
  useLayoutEffect(() => {
    main.current.scrollTo(0, 0);
    main.current.querySelector("[data-first]")?.focus({ preventScroll: true });
  }, [Screen, state.list?.key, state.service]);

  useEffect(() => {
    document.title = t("kiosk.title");
  }, [language]);

  useEffect(() => {
    if (state.isListening) readScreen();
  }, [Screen, state.list?.key, state.service, state.refusal, state.secondsLeft === null, state.ticket?.state, language]);

  return html`<div class="kiosk" data-screen=${isAway ? "away" : state.screen}>
    <${Header} state=${state} />
    <main class="kiosk__main" ref=${main}>
      <${Screen} key=${state.screen + (state.service ?? "")} state=${state} />
    </main>
    <${Basket} state=${state} />
    <${Footer} state=${state} />
    ${state.secondsLeft !== null && html`<${IdleWarning} secondsLeft=${state.secondsLeft} onStay=${onStay} />`}
  </div>`;
}
