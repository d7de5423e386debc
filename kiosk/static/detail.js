import { html, useEffect } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";
import { findOffer, obstacle } from "./catalogue.js";
import { Pages } from "./pages.js";
import { go, refreshCatalogue, take } from "./session.js";
import { WaitWords } from "./wait-words.js";

/** One service: what to have with you, who is ahead and how long, all before the number is taken. */
export function Detail({ state }) {
  const { catalogue, category, problem, isTaking } = state;
  const offer = findOffer(catalogue, state.service);
  useEffect(() => void refreshCatalogue(), [state.service]);
  if (!offer) return html`<${Refused} />`;
  const { service, agency } = offer;
  const reason = obstacle(catalogue, service);
  const isOpen = reason === null;
  return html`<div class="screen detail">
    <div class="detail__head">
      <p class="detail__agency" lang=${nameLanguage(agency.name)}>${name(agency.name)}</p>
      <h1 class="screen__title" tabindex="-1" data-first lang=${nameLanguage(service.name)}>${name(service.name)}</h1>
    </div>
    <${Pages} name=${name(service.name)}>
      <div class="detail__body">
        ${isOpen && html`<${Facts} service=${service} catalogue=${catalogue} />`}
        <${Bring} service=${service} />
      </div>
    <//>
    <div class="detail__act">
      ${problem === "refused" && html`<${Refused} />`}
      ${isOpen
        ? html`${catalogue.categories.length > 0 && html`<${PriorityDoor} catalogue=${catalogue} category=${category} />`}
            <${OnceButton} class="button take" onTap=${take} disabled=${isTaking}>
              <${Icon} name="document" /><span>${t(isTaking ? "kiosk.taking" : "kiosk.take")}</span>
            <//>`
        : html`<${Obstacle} reason=${reason} catalogue=${catalogue} />`}
    </div>
  </div>`;
}

function Facts({ service, catalogue }) {
  const zone = catalogue.zones.find((each) => each.key === service.zone);
  return html`<section class="facts" aria-label=${t("kiosk.queue_now")}>
    <${Fact} icon="clock" label=${t("kiosk.wait_label")} extra="fact--wait">
      <${WaitWords} wait=${service.wait} at=${catalogue.at} />
    <//>
    <${Fact} icon="people" label=${t("kiosk.ahead_label")}>
      <p class="fact__figure">${t("kiosk.people_n", { n: service.ahead ?? service.waiting })}</p>
    <//>
    <${Fact} icon="desk" label=${t("kiosk.minutes_label")}>
      <p class="fact__figure">${t("kiosk.minutes_n", { n: service.minutes })}</p>
    <//>
    ${zone &&
    html`<${Fact} icon="pin" label=${t("kiosk.wait_in")} extra="fact--wide">
      <p class="fact__figure" lang=${nameLanguage(zone.name)}>${name(zone.name)}</p>
      <p lang=${nameLanguage(zone.where)}>${name(zone.where)}</p>
    <//>`}
  </section>`;
}

function Fact({ icon, label, extra = "", children }) {
  return html`<div class=${`fact ${extra}`}>
    <${Icon} name=${icon} />
    <p class="fact__label">${label}</p>
    <div class="fact__words">${children}</div>
  </div>`;
}

function Bring({ service }) {
  return html`<section class="bring">
    <h2>${t("kiosk.bring")}</h2>
    ${service.bring.length === 0
      ? html`<p>${t("kiosk.bring_nothing")}</p>`
      : html`<ul class="bring__list">
          ${service.bring.map(
            (item) => html`<li><${Icon} name="check" /><span lang=${nameLanguage(item)}>${name(item)}</span></li>`,
          )}
        </ul>`}
  </section>`;
}

function PriorityDoor({ catalogue, category }) {
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

function Obstacle({ reason, catalogue }) {
  return html`<div class="notice notice--warn obstacle">
    <h2>${t(`kiosk.short_${reason}`)}</h2>
    <p>${reason === "centre_closed" ? closedWords(catalogue) : t(`kiosk.why_${reason}`)}</p>
  </div>`;
}

function Refused() {
  return html`<div class="notice notice--bad" role="alert">
    <p><strong>${t("kiosk.refused")}</strong></p>
    <p>${t("kiosk.refused_help")}</p>
  </div>`;
}
