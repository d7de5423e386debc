import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { t } from "../../static/js/wording.js";
import { chooseOne, MOST_SERVICES, planVisit } from "./session.js";

const LEAST = 2;
const CHOOSING = new Set(["home", "list", "search"]);

/** Several services: how many are chosen, and on with them. */
export function Basket({ state: { isMany, basket, screen } }) {
  if (!isMany || !CHOOSING.has(screen)) return null;
  const n = basket.length;
  return html`<section class="basket" aria-label=${t("kiosk.several_title")}>
    <p class="basket__words" role="status">
      ${n === 0 ? t("kiosk.several_lead") : t("kiosk.chosen_n", { n })}
      ${n === MOST_SERVICES && html` <span>${t("kiosk.several_full")}</span>`}
    </p>
    <button type="button" class="button button--outline" onClick=${chooseOne}>${t("kiosk.several_stop")}</button>
    <button
      type="button"
      class="button button--primary basket__go"
      aria-disabled=${n < LEAST ? "true" : undefined}
      onClick=${() => n >= LEAST && planVisit()}
    >
      <span>${t("kiosk.several_go")}</span><${Icon} name="forward" />
    </button>
  </section>`;
}
