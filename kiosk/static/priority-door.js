import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { go } from "./session.js";

/** The way to the question who is served earlier by law, and its answer with the evidence. */
export function PriorityDoor({ catalogue, category }) {
  const chosen = catalogue.categories.find((each) => each.key === category);
  return html`<button type="button" class="priority-door" onClick=${() => go("priority")}>
    ${chosen
      ? html`<${Icon} name="check" /><span
            ><strong>${t("kiosk.priority_chosen")}</strong>
            <span lang=${nameLanguage(chosen.evidence)}>${name(chosen.evidence)}</span></span
          >
          <span class="priority-door__change">${t("kiosk.change")}</span>`
      : html`<span>${t("kiosk.priority_ask")}</span><${Icon} name="forward" />`}
  </button>`;
}
