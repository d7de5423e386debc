/** What a visitor needs: documents, and money where the catalogue knows of it. */
import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";

/** @param {{items: import("../../static/js/wording.js").Names[]}} props */
export function BringList({ items }) {
  if (items.length === 0) return html`<p>${t("kiosk.bring_nothing")}</p>`;
  return html`<ul class="bring__list">
    ${items.map((item) => html`<li><${Icon} name="check" /><span lang=${nameLanguage(item)}>${name(item)}</span></li>`)}
  </ul>`;
}

/** Nothing is said where nobody knows. */
export function Cost({ service, withName = false }) {
  if (!service.cost) return null;
  return html`<p class="bring__cost">
    <strong>${t("kiosk.cost")}</strong>
    ${withName && html` <span lang=${nameLanguage(service.name)}>${name(service.name)}</span> –`}
    ${" "}<span lang=${nameLanguage(service.cost)}>${name(service.cost)}</span>
  </p>`;
}
