import { html } from "/static/js/html.js";
import { t } from "/static/js/wording.js";

const SHOWN = ["waiting", "serving", "served", "missed", "issued"];

/** The day in five figures. */
export function Today({ room }) {
  return html`<dl class="today">
    ${SHOWN.map((name) => html`<div class="today__figure" key=${name}>
      <dt>${t(`room.today_${name}`)}</dt>
      <dd class="number">${room.today[name]}</dd>
    </div>`)}
  </dl>`;
}
