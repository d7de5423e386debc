import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t, time } from "/static/js/wording.js";

/**
 * One visit: where, whom, what for, and what can be done now.
 *
 * @param {object} props
 * @param {boolean} [props.isCurrent] the team is on its way there, or there
 * @param {boolean} [props.isNext] the rule's next
 * @param {boolean} [props.mayCall] no other visit is in hand
 * @param {boolean} [props.rates] the tablet is handed over for the rating
 * @param {(dialog: object) => void} props.show
 */
export function VisitCard({ day, visit, isCurrent = false, isNext = false, mayCall = false, rates = false, show }) {
  const { contact, state } = visit;
  const ended = ["served", "no_show", "cancelled", "expired"].includes(state);
  const isWhole = isCurrent || isNext;
  const heading = html`<span class="number visit__number">${visit.number}</span>
    <span class="visit__time">${time(visit.slot_at)}</span>
    <span class="chip" data-state=${state}>${t(`team.state_${state}`)}</span>`;
  return html`<article class="visit" data-ticket=${visit.ticket} data-place=${`visit-${visit.ticket}`} tabindex="-1" data-state=${state} data-current=${isCurrent ? "yes" : undefined}>
    ${isCurrent ? html`<h2 class="visit__head">${heading}</h2>` : html`<h3 class="visit__head">${heading}</h3>`}
    ${contact && !ended && html`<p class="visit__who"><strong>${contact.name}</strong></p>
      <p class="visit__where">${contact.address}</p>
      <p><a class="visit__call" href=${`tel:${contact.telephone}`}>${contact.telephone}</a></p>
      ${contact.note && html`<p class="visit__note">${contact.note}</p>`}`}
    <ul class="visit__services">
      ${visit.services.map((each) => html`<li data-state=${each.state}>${name(each.name)}</li>`)}
    </ul>
    ${isWhole && visit.evidence && html`<p class="visit__evidence">${t("team.evidence", { what: name(visit.evidence) })}</p>`}
    ${isCurrent && html`<${Documents} visit=${visit} />`}
    <div class="visit__acts">
      ${isNext && html`<${Do} day=${day} verb="next" visit=${visit} kind="primary" />`}
      ${!isNext && state === "waiting" && mayCall &&
      html`<button type="button" class="button" data-verb="call" onClick=${() => show({ kind: "call", visit })}>${t("team.call")}</button>`}
      ${state === "held" && mayCall && html`<${Do} day=${day} verb="resume" visit=${visit} />`}
      ${state === "called" && html`<${Do} day=${day} verb="start" visit=${visit} kind="primary" />
        <${Do} day=${day} verb="hold" visit=${visit} />
        <button type="button" class="button" data-verb="no_show" onClick=${() => show({ kind: "no_show", visit })}>${t("team.no_show")}</button>`}
      ${state === "serving" && html`<${Do} day=${day} verb="finish" visit=${visit} kind="primary" />
        <button type="button" class="button" data-verb="add_service" onClick=${() => show({ kind: "add_service", visit })}>${t("counter.add_service")}</button>
        <${Do} day=${day} verb="hold" visit=${visit} />`}
    </div>
    ${rates && visit.unrated &&
    html`<button type="button" class="button visit__rate" data-verb="rate" onClick=${() => show({ kind: "rate", visit })}>${t("team.rate")}</button>`}
    ${state === "served" && html`<p class="quiet small">${t(rates && !visit.unrated ? "team.rated" : "team.rates")}</p>`}
  </article>`;
}

function Documents({ visit }) {
  const current = visit.services.find((each) => each.key === visit.service);
  if (!current?.bring.length) return null;
  return html`<details class="visit__bring">
    <summary>${t("team.bring")}</summary>
    <ul>${current.bring.map((item) => html`<li>${name(item)}</li>`)}</ul>
  </details>`;
}

function Do({ day, verb, visit, kind }) {
  return html`<${OnceButton} class=${`button ${kind ? `button--${kind} button--large` : ""}`} data-verb=${verb}
    onTap=${() => void day.act(verb, { ticket: visit.ticket })}>${t(`team.${verb}`)}<//>`;
}
