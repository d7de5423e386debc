import { html, useEffect, useMemo, useRef } from "../../static/js/html.js";
import { Keyboard } from "../../static/js/keyboard.js";
import { language, t } from "../../static/js/wording.js";
import { makeSearch } from "./catalogue.js";
import { Pages } from "./pages.js";
import { ServiceRows } from "./service-rows.js";
import { store } from "./session.js";

const LONGEST = 60;

/** Find a service by typing part of its name in any of the languages, diacritics or not. */
export function Search({ state }) {
  const { catalogue, query } = state;
  const field = useRef(null);
  const search = useMemo(() => makeSearch(catalogue), [catalogue]);
  const found = search(query, language());
  const setQuery = (text) => store.update({ query: text.slice(0, LONGEST) });

  useEffect(() => field.current.focus(), []);

  return html`<div class="screen screen--search">
    <div class="screen__head">
    <h1 class="screen__title">
      <label for="query">${t("kiosk.search_title")}</label>
    </h1>
    <div class="search-field">
      <input
        id="query"
        ref=${field}
        class="input"
        type="text"
        inputmode="none"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        data-first
        placeholder=${t("kiosk.search_example")}
        value=${query}
        onInput=${(event) => setQuery(event.currentTarget.value)}
      />
    </div>
    </div>
    <p class="visually-hidden" role="status">${query && t("kiosk.found_n", { n: found.length })}</p>
    ${found.length > 0
      ? html`<${Pages} name=${t("kiosk.search_results")} key=${query}>
          <${ServiceRows} offers=${found} catalogue=${catalogue} withAgency />
        <//>`
      : html`<p class="search-hint">${query ? t("kiosk.found_none") : t("kiosk.search_hint")}</p>`}
    <${Keyboard} language=${language()} value=${query} onChange=${setQuery} />
  </div>`;
}
