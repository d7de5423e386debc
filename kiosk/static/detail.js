import { html, useEffect } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { name, nameLanguage, t, time } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";
import { BookAhead } from "./book-ahead.js";
import { findOffer, obstacle } from "./catalogue.js";
import { BringList, Cost } from "./needs.js";
import { Pages } from "./pages.js";
import { PriorityDoor } from "./priority-door.js";
import { Refused } from "./refused.js";
import { askCode, refreshCatalogue, take } from "./session.js";
import { WaitWords } from "./wait-words.js";

const BOOK_INSTEAD = new Set(["appointment_only", "queue_full", "closing_soon"]);
const COMES_WITH_A_CODE = { appointment_only: "appointment", collect_only: "collect" };

/** One service: what to have with you, who is ahead and how long, all before the number is taken. */
export function Detail({ state }) {
  const { catalogue, category, problem, isTaking } = state;
  const offer = findOffer(catalogue, state.service);
  useEffect(() => void refreshCatalogue(), [state.service]);
  if (!offer) return html`<${Refused} state=${state} />`;
  const { service, agency } = offer;
  const reason = obstacle(catalogue, service);
  const isOpen = reason === null;
  return html`<div class=${isOpen ? "screen detail" : "screen detail detail--shut"}>
    <div class="detail__head">
      <p class="detail__agency" lang=${nameLanguage(agency.name)}>${name(agency.name)}</p>
      <h1 class="screen__title" tabindex="-1" data-first lang=${nameLanguage(service.name)}>${name(service.name)}</h1>
    </div>
    ${!isOpen && html`<${Obstacle} reason=${reason} catalogue=${catalogue} />`}
    <${Pages} name=${name(service.name)}>
      <div class="detail__body">
        ${isOpen && html`<${Facts} service=${service} catalogue=${catalogue} />`}
        <section class="bring">
          <h2>${t("kiosk.bring")}</h2>
          <${BringList} items=${service.bring} />
          <${Cost} service=${service} />
        </section>
      </div>
    <//>
    <div class="detail__act">
      ${problem === "refused" && isOpen && html`<${Refused} state=${state} />`}
      ${isOpen &&
      html`${catalogue.categories.length > 0 && html`<${PriorityDoor} catalogue=${catalogue} category=${category} />`}
        <${OnceButton} class="button take" onTap=${take} disabled=${isTaking}>
          <${Icon} name="document" /><span>${t(isTaking ? "kiosk.taking" : "kiosk.take")}</span>
        <//>`}
      ${BOOK_INSTEAD.has(reason) && html`<${BookAhead} service=${service.key} />`}
      ${reason in COMES_WITH_A_CODE &&
      html`<button type="button" class="button button--primary button--large" onClick=${() => askCode(COMES_WITH_A_CODE[reason])}>
        ${t(`kiosk.door_${COMES_WITH_A_CODE[reason]}`)}
      </button>`}
    </div>
  </div>`;
}

function Facts({ service, catalogue }) {
  const zone = catalogue.zones.find((each) => each.key === service.zone);
  return html`<section class="facts" aria-label=${t("kiosk.queue_now")}>
    <${Fact} icon="clock" label=${t("kiosk.wait_label")} extra="fact--wait">
      <${WaitWords} wait=${service.wait} at=${catalogue.at} />
      <${Quieter} catalogue=${catalogue} />
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

/** When fewer visitors come today, as the days before have shown. */
export function Quieter({ catalogue }) {
  const spans = (catalogue.quieter ?? []).map(({ from_at, until_at }) =>
    t("kiosk.from_until", { from: time(from_at), until: time(until_at) }),
  );
  if (spans.length === 0) return null;
  return html`<p class="quieter">${t("kiosk.quieter", { times: spans.join(", ") })}</p>`;
}

function Obstacle({ reason, catalogue }) {
  return html`<div class="notice notice--warn obstacle">
    <h2>${t(`kiosk.short_${reason}`)}</h2>
    <p>${reason === "centre_closed" ? closedWords(catalogue) : t(`kiosk.why_${reason}`)}</p>
    ${reason === "queue_full" && html`<${Quieter} catalogue=${catalogue} />`}
  </div>`;
}
