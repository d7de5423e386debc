import { html } from "/static/js/html.js";
import { name, nameLanguage, t, time } from "/static/js/wording.js";
import { ActButton } from "./act-button.js";
import { stopwatch, useSeconds } from "./clock.js";
import { Notes } from "./notes.js";

/**
 * The visitor in hand: who, what for, since when, and what can be done.
 *
 * @param {object} props
 * @param {import("./session.js").Session} props.session
 */
export function HandCard({ session }) {
  useSeconds();
  const { ticket } = session.store.get().counter;
  return html`<section class="hand" data-state=${ticket.state} aria-label=${t("counter.visitor_in_hand")}>
    <header class="hand__head">
      <div>
        <p class="hand__state"><span class="chip" data-state=${ticket.state}>${t(`counter.ticket_${ticket.state}`)}</span></p>
        <p class="hand__number number">${ticket.number}</p>
      </div>
      <${Speaks} code=${ticket.language} />
    </header>
    <h1 class="hand__service" lang=${langOf(ticket.service_name)}>${name(ticket.service_name)}</h1>
    <p class="hand__agency" lang=${langOf(ticket.agency_name)}>${name(ticket.agency_name)}</p>
    <${Facts} session=${session} ticket=${ticket} />
    <div class="hand__more" tabindex="0" role="group" aria-label=${t("counter.visitor_in_hand")}>
      <${Notes} session=${session} key=${ticket.id} />
      <${Visit} ticket=${ticket} />
      <${Bring} ticket=${ticket} />
    </div>
    <${HandActs} session=${session} ticket=${ticket} />
  </section>`;
}

function Speaks({ code }) {
  return html`<div class="speaks">
    <span class="speaks__code" aria-hidden="true">${code}</span>
    <span><span class="label">${t("counter.speaks")}</span><strong>${t(`counter.speaks_${code}`)}</strong></span>
  </div>`;
}

function Facts({ session, ticket }) {
  const now = session.now();
  const current = currentService(ticket);
  const since = ticket.state === "serving" ? current?.started_at ?? ticket.called_at : ticket.called_at;
  const seconds = (from, to = now) => (to - Date.parse(from)) / 1000;
  return html`<dl class="facts">
    <div class="facts__main">
      <dt>${t(ticket.state === "serving" ? "counter.serving_for" : "counter.called_for")}</dt>
      <dd class="number">${stopwatch(seconds(since))}</dd>
    </div>
    <div><dt>${t("counter.waited")}</dt>
      <dd>${t("counter.minutes", { n: Math.round(seconds(ticket.arrived_at, Date.parse(ticket.called_at)) / 60) })}</dd></div>
    <div><dt>${t("counter.queue_came")}</dt><dd>${time(ticket.arrived_at)}</dd></div>
    <div><dt>${t("counter.due")}</dt><dd>${time(ticket.due_at)}</dd></div>
    <div><dt>${t("counter.calls")}</dt><dd>${ticket.call_count}</dd></div>
  </dl>`;
}

/** Shown only when the visit holds more than the service in hand. */
function Visit({ ticket }) {
  if (ticket.services.length < 2) return null;
  return html`<section>
    <h2 class="label">${t("counter.visit_services")}</h2>
    <ol class="visit">
      ${ticket.services.map(
        (leg) => html`<li data-state=${leg.state}>
          <span lang=${langOf(leg.name)}>${name(leg.name)}</span>
          <span class="chip" data-state=${leg.state}>${t(`counter.ticket_${leg.state}`)}</span>
        </li>`,
      )}
    </ol>
  </section>`;
}

function Bring({ ticket }) {
  const bring = currentService(ticket)?.bring ?? [];
  if (bring.length === 0) return null;
  return html`<section>
    <h2 class="label">${t("counter.bring")}</h2>
    <ul class="bring">${bring.map((names) => html`<li lang=${langOf(names)}>${name(names)}</li>`)}</ul>
  </section>`;
}

function HandActs({ session, ticket }) {
  const primary = ticket.state === "serving" ? "finish" : "start";
  return html`<footer class="acts">
    <${ActButton} session=${session} verb=${primary} kind="primary" key=${primary} />
    <div class="acts__rest">
      ${ticket.state === "serving" && html`<${ActButton} session=${session} verb="finish_with" key="finish_with" />`}
      ${ticket.state === "called" && html`<${Recall} session=${session} />`}
      ${ticket.state === "called" && html`<${ActButton} session=${session} verb="no_show" key="no_show" />`}
      <${ActButton} session=${session} verb="hold" key="hold" />
      <${ActButton} session=${session} verb="transfer" key="transfer" />
      <${ActButton} session=${session} verb="add_service" key="add_service" />
    </div>
  </footer>`;
}

/** Calling again waits for the time that the policy gives the visitor to come. */
function Recall({ session }) {
  const { recall_at: recallAt } = session.store.get().counter;
  const leftS = recallAt ? Math.ceil((Date.parse(recallAt) - session.now()) / 1000) : 0;
  const label = leftS > 0 ? t("counter.recall_in", { s: leftS }) : undefined;
  return html`<${ActButton} session=${session} verb="recall" key="recall" disabled=${leftS > 0} label=${label} />`;
}

function currentService(ticket) {
  return ticket.services.find((leg) => leg.service === ticket.service && !leg.finished_at) ?? ticket.services[0];
}

function langOf(names) {
  return names ? nameLanguage(names) : undefined;
}
