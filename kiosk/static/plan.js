import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { waitTimes } from "../../static/js/wait.js";
import { name, nameLanguage, t, time } from "../../static/js/wording.js";
import { findOffer, obstacle } from "./catalogue.js";
import { BringList, Cost } from "./needs.js";
import { PriorityDoor } from "./priority-door.js";
import { Pages } from "./pages.js";
import { Refused } from "./refused.js";
import { back, orderOf, store, take, toggle } from "./session.js";
import { shortWait } from "./short-wait.js";

const LEAST = 2;

/** A visit of several services on one number, in the order in which it is over soonest. */
export function Plan({ state }) {
  const { catalogue, category, isTaking, problem, plan, basket, keepsOwn } = state;
  const offers = orderOf(state).map((key) => findOffer(catalogue, key)).filter(Boolean);
  const blocked = offers.filter(({ service }) => obstacle(catalogue, service) !== null);
  const canTake = offers.length >= LEAST && blocked.length === 0;
  return html`<div class="screen plan detail">
    <div class="screen__head">
      <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.plan_title")}</h1>
      <p class="screen__lead" role="status">${leadWords(state)}</p>
    </div>
    <${Pages} name=${t("kiosk.plan_title")}>
      <div class="plan__body">
        <ol class="stops">
          ${offers.map(
            ({ service, agency }, place) => html`<li class="stop" key=${service.key}>
              <span class="stop__place number" aria-hidden="true">${place + 1}</span>
              <span class="row__words">
                <span class="row__name" lang=${nameLanguage(service.name)}>${name(service.name)}</span>
                <span class="row__agency" lang=${nameLanguage(agency.name)}>${name(agency.name)}</span>
              </span>
              <span class="row__queue">${stopWords(catalogue, service)}</span>
              <button
                type="button"
                class="button stop__remove"
                aria-label=${t("kiosk.remove", { name: name(service.name) })}
                onClick=${() => remove(service.key, offers.length)}
              >
                <${Icon} name="close" />
              </button>
            </li>`,
          )}
        </ol>
        <${BringAll} services=${offers.map(({ service }) => service)} />
      </div>
    <//>
    <div class="detail__act">
      ${problem === "refused" && html`<${Refused} state=${state} />`}
      ${plan &&
      plan.order.join() !== basket.join() &&
      html`<button
        type="button"
        class="button button--outline"
        aria-pressed=${keepsOwn ? "true" : "false"}
        onClick=${() => store.update({ keepsOwn: !keepsOwn })}
      >
        ${t(keepsOwn ? "kiosk.plan_use_best" : "kiosk.plan_use_own")}
      </button>`}
      ${catalogue.categories.length > 0 && html`<${PriorityDoor} catalogue=${catalogue} category=${category} />`}
      <${OnceButton} class="button take" onTap=${take} disabled=${isTaking || !canTake}>
        <${Icon} name="document" /><span>${t(isTaking ? "kiosk.taking" : "kiosk.plan_take")}</span>
      <//>
    </div>
  </div>`;
}

// With less than two there is no visit to plan any more.
function remove(service, n) {
  toggle(service);
  if (n <= LEAST) back();
}

function leadWords({ plan, keepsOwn }) {
  if (!plan) return t("kiosk.plan_thinking");
  if (keepsOwn) return t("kiosk.plan_own");
  if (!plan.ends) return t("kiosk.plan_end_unknown");
  const { from, to } = waitTimes(plan.ends, plan.at);
  const minutes = Math.round(plan.saves_s / 60);
  const ends = t("kiosk.plan_ends", { from: time(from), to: time(to) });
  return minutes > 0 ? `${ends} ${t("kiosk.plan_saves", { n: minutes })}` : ends;
}

function stopWords(catalogue, service) {
  const reason = obstacle(catalogue, service);
  return reason ? html`<span class="chip">${t(`kiosk.short_${reason}`)}</span>` : shortWait(service);
}

function BringAll({ services }) {
  const items = new Map(services.flatMap(({ bring }) => bring).map((item) => [name(item), item]));
  return html`<section class="bring">
    <h2>${t("kiosk.bring")}</h2>
    <${BringList} items=${[...items.values()]} />
    ${services.map((service) => html`<${Cost} service=${service} withName key=${service.key} />`)}
  </section>`;
}
