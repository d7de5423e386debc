import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { waitMinutes } from "../../static/js/wait.js";
import { obstacle } from "./catalogue.js";
import { openService, settings } from "./session.js";

/** @param {{offers: import("./catalogue.js").Offer[], catalogue: object, withAgency?: boolean}} props */
export function ServiceRows({ offers, catalogue, withAgency = false }) {
  const shown = settings.show_all ? offers : offers.filter(({ service }) => obstacle(catalogue, service) === null);
  return html`<ul class="rows">
    ${shown.map(
      ({ service, agency }) => html`<li key=${service.key}>
        <button
          type="button"
          class=${isShut(obstacle(catalogue, service)) ? "row row--shut" : "row"}
          onClick=${() => openService(service.key)}
        >
          <span class="row__words">
            <span class="row__name" lang=${nameLanguage(service.name)}>${name(service.name)}</span>
            ${withAgency && html`<span class="row__agency" lang=${nameLanguage(agency.name)}>${name(agency.name)}</span>`}
          </span>
          <${Queue} service=${service} obstacle=${obstacle(catalogue, service)} />
          <${Icon} name="forward" class="row__go" />
        </button>
      </li>`,
    )}
  </ul>`;
}

function isShut(reason) {
  return reason !== null && reason !== "centre_closed";
}

function minutes({ low, high }) {
  return low === 0 ? t("kiosk.minutes_up_to", { high }) : t("kiosk.minutes_range", { low, high });
}

function Queue({ service, obstacle: reason }) {
  if (reason === "centre_closed") return null; // said once, above the list
  if (reason) return html`<span class="row__queue"><span class="chip">${t(`kiosk.short_${reason}`)}</span></span>`;
  if (!service.staffed && service.waiting === 0) {
    return html`<span class="row__queue">${t("kiosk.no_counter")}</span>`;
  }
  if (service.waiting === 0) return html`<span class="row__queue row__queue--free">${t("kiosk.no_queue")}</span>`;
  return html`<span class="row__queue">
    ${service.wait && html`<strong>${minutes(waitMinutes(service.wait))}</strong>`}
    <span>${t("kiosk.waiting_n", { n: service.waiting })}</span>
  </span>`;
}
