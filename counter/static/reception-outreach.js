import { html, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t, time } from "/static/js/wording.js";
import { Modal } from "./modal.js";
import { PlanBoard } from "./reception-plan.js";

/** Visits at home: who asked, and who goes when. A request is chosen, then a free time on the board. */
export function OutreachPart({ desk, page, state }) {
  const [chosen, choose] = useState(null);
  const [declining, decline] = useState(null);
  const request = state.requests.find((each) => each.id === chosen) ?? planned(state.plan, chosen);
  const plan = async (team, slotAt) => {
    if (await desk.onRequest(request.id, "plan", { team, slot_at: slotAt })) choose(null);
  };
  return html`<h2>${t("reception.part_outreach")}</h2>
    <${Refused} plan=${state.plan} />
    <div class="visits-plan">
      <section class="requests" aria-label=${t("reception.requests")} data-place="requests" tabindex="-1">
        <h3>${t("reception.requests")} <span class="number">${state.requests.length}</span></h3>
        ${state.requests.length === 0 && html`<p class="empty quiet">${t("reception.no_requests")}</p>`}
        <ol>
          ${state.requests.map(
            (each) => html`<li key=${each.id}><${RequestCard} desk=${desk} request=${each} isChosen=${each.id === chosen}
              onChoose=${() => choose(each.id === chosen ? null : each.id)} onDecline=${() => decline(each)} /></li>`,
          )}
        </ol>
      </section>
      <${PlanBoard} desk=${desk} plan=${state.plan} request=${request} onPlan=${plan} onChoose=${choose} />
    </div>
    ${declining && html`<${Decline} desk=${desk} page=${page} request=${declining} onClose=${() => decline(null)} />`}`;
}

function RequestCard({ desk, request, isChosen, onChoose, onDecline }) {
  const { contact } = request;
  return html`<article class="request" data-id=${request.id} data-place=${`request-${request.id}`} tabindex="-1" data-state=${request.state} data-chosen=${isChosen ? "yes" : undefined}>
    <header>
      <strong>${contact?.name ?? "–"}</strong>
      <span class="chip" data-state=${CHIPS[request.state]}>${t(`reception.request_${request.state}`)}</span>
    </header>
    ${contact && html`<p>${contact.address}</p>
      <p><a href=${`tel:${contact.telephone}`}>${contact.telephone}</a> · ${t("reception.asked_at", { time: time(request.asked_at) })}</p>
      ${contact.note && html`<p class="request__note">${contact.note}</p>`}`}
    <ul>${request.services.map((each) => html`<li>${name(each.name)}</li>`)}</ul>
    <p class="small quiet">${request.category_name && name(request.category_name)}
      ${request.days.length > 0 && html` · ${request.days.map((day) => t(`outreach.day_${day}`)).join(", ")}`}</p>
    <div class="request__acts">
      ${request.state === "asked" && html`<${OnceButton} class="button button--primary" data-verb="confirm" onTap=${() => desk.onRequest(request.id, "confirm")}>${t("reception.confirm")}<//>`}
      <button type="button" class=${`button ${request.state === "asked" ? "" : "button--primary"}`} data-verb="plan" aria-pressed=${isChosen ? "true" : "false"} onClick=${onChoose}>${t("reception.plan")}</button>
      <button type="button" class="button" data-verb="decline" onClick=${onDecline}>${t("reception.decline")}</button>
    </div>
  </article>`;
}

function Decline({ desk, page, request, onClose }) {
  const choose = async (reason) => {
    onClose();
    await desk.onRequest(request.id, "decline", { reason });
  };
  return html`<${Modal} title=${t("reception.decline_title")} text=${t("reception.decline_text")} onClose=${onClose}>
    <ol class="choices">
      ${page.decline_reasons.map(
        (reason, place) => html`<li><${OnceButton} class="button choice" autofocus=${place === 0} onTap=${() => choose(reason.key)}>${name(reason.name)}<//></li>`,
      )}
    </ol>
  <//>`;
}

function Refused({ plan }) {
  if (!plan?.refused.length) return null;
  return html`<details class="notice notice--warn refused-acts">
    <summary>${t("reception.refused", { n: plan.refused.length })}</summary>
    <ul>${plan.refused.map((each) => html`<li><strong class="number">${each.number}</strong> ${time(each.done_at)}: ${t(`team.did_${each.verb}`)} –
      ${" "}${each.state ? t(`team.refused_${each.state}`) : t("team.refused_other")}</li>`)}</ul>
  </details>`;
}

function planned(plan, id) {
  const slots = (plan?.teams ?? []).flatMap((team) => [...team.slots.map((slot) => slot.request), ...team.others]);
  return slots.find((each) => each && each.id === id) ?? null;
}

const CHIPS = { asked: "called", confirmed: "waiting", missed: "held", planned: "open" };
