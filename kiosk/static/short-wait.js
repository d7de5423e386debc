import { html } from "../../static/js/html.js";
import { waitMinutes } from "../../static/js/wait.js";
import { t } from "../../static/js/wording.js";

/** How long and behind how many, in a few words beside a name. */
export function shortWait(service) {
  if (!service.staffed && service.waiting === 0) return html`<span>${t("kiosk.no_counter")}</span>`;
  if (service.waiting === 0) return html`<span class="row__queue--free">${t("kiosk.no_queue")}</span>`;
  return html`${service.wait && html`<strong>${minutes(waitMinutes(service.wait))}</strong>`}
    <span>${t("kiosk.waiting_n", { n: service.waiting })}</span>`;
}

function minutes({ low, high }) {
  return low === 0 ? t("kiosk.minutes_up_to", { high }) : t("kiosk.minutes_range", { low, high });
}
