import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { obstacle } from "./catalogue.js";
import { MOST_SERVICES, openService, settings, store, toggle } from "./session.js";
import { shortWait } from "./short-wait.js";

/** @param {{offers: import("./catalogue.js").Offer[], catalogue: object, withAgency?: boolean}} props */
export function ServiceRows({ offers, catalogue, withAgency = false }) {
  const { isMany, basket } = store.get();
  const shown =
    settings.show_all && !isMany ? offers : offers.filter(({ service }) => obstacle(catalogue, service) === null);
  return html`<ul class="rows">
    ${shown.map(({ service, agency }) => {
      const reason = obstacle(catalogue, service);
      const isIn = basket.includes(service.key);
      const isFull = isMany && !isIn && basket.length >= MOST_SERVICES;
      return html`<li key=${service.key}>
        <button
          type="button"
          class=${isShut(reason) ? "row row--shut" : "row"}
          aria-pressed=${isMany ? String(isIn) : undefined}
          aria-disabled=${isFull ? "true" : undefined}
          onClick=${() => (isMany ? toggle(service.key) : openService(service.key))}
        >
          <span class="row__words">
            <span class="row__name" lang=${nameLanguage(service.name)}>${name(service.name)}</span>
            ${withAgency && html`<span class="row__agency" lang=${nameLanguage(agency.name)}>${name(agency.name)}</span>`}
          </span>
          <${Queue} service=${service} obstacle=${reason} />
          <${Icon} name=${isMany ? (isIn ? "check" : "plus") : "forward"} class="row__go" />
        </button>
      </li>`;
    })}
  </ul>`;
}

function isShut(reason) {
  return reason !== null && reason !== "centre_closed";
}

function Queue({ service, obstacle: reason }) {
  if (reason === "centre_closed") return null; // said once, above the list
  if (reason) return html`<span class="row__queue"><span class="chip">${t(`kiosk.short_${reason}`)}</span></span>`;
  return html`<span class="row__queue">${shortWait(service)}</span>`;
}
