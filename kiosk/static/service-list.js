import { html } from "../../static/js/html.js";
import { name, nameLanguage } from "../../static/js/wording.js";
import { listOf } from "./catalogue.js";
import { Pages } from "./pages.js";
import { ServiceRows } from "./service-rows.js";

/** The services of one institution or one subject. */
export function ServiceList({ state }) {
  const { name: title, offers } = listOf(state.catalogue, state.list);
  return html`<div class="screen">
    <div class="screen__head">
      <h1 class="screen__title" tabindex="-1" data-first lang=${nameLanguage(title)}>${name(title)}</h1>
    </div>
    <${Pages} name=${name(title)}>
      <${ServiceRows} offers=${offers} catalogue=${state.catalogue} withAgency=${state.list.kind === "group"} />
    <//>
  </div>`;
}
