import { html } from "/static/js/html.js";
import { waitTimes } from "/static/js/wait.js";
import { name, t, time } from "/static/js/wording.js";

/** A ticket as it is told to the visitor who stands there. */
export function TicketFacts({ ticket, found }) {
  return html`<dl class="facts">
    <div><dt>${t("reception.service")}</dt><dd>${ticket.services.map((each) => html`<span>${name(each.name)}</span>`)}</dd></div>
    ${ticket.zone_name && html`<div><dt>${t("reception.where")}</dt><dd>${name(ticket.zone_name)}, ${name(ticket.where)}</dd></div>`}
    ${ticket.state === "waiting" && html`<div><dt>${t("reception.wait")}</dt><dd><${Wait} ticket=${ticket} /></dd></div>`}
    ${ticket.counter && html`<div><dt>${t("counter.counter")}</dt><dd class="number">${ticket.counter}</dd></div>`}
    <div><dt>${t("reception.due")}</dt><dd>${time(ticket.due_at)}</dd></div>
    ${found && html`<div><dt>${t("reception.start")}</dt><dd>${time(found.start_at)}, ${t(`reception.origin_${found.origin}`)}</dd></div>`}
    ${found && (found.credit_s > 0 || found.lane < 2) && html`<div><dt>${t("reception.priority")}</dt>
      <dd>${found.credit_s > 0 ? t("reception.credit", { n: Math.round(found.credit_s / 60) }) : t(`reception.lane_${found.lane}`)}</dd></div>`}
    <div><dt>${t("reception.code")}</dt><dd class="number">${ticket.code}</dd></div>
    ${found && html`<div><dt>${t("reception.slips")}</dt><dd><${Slips} slips=${found.slips} /></dd></div>`}
    ${found?.has_telephone && html`<div><dt>${t("reception.telephone")}</dt><dd>${t("reception.telephone_kept")}</dd></div>`}
  </dl>`;
}

function Wait({ ticket }) {
  const ahead = ticket.ahead ? t("reception.ahead", { n: ticket.ahead }) : t("reception.ahead_none");
  if (!ticket.wait) return ticket.ahead === null ? "–" : ahead;
  const { isSoon, from, to, by } = waitTimes(ticket.wait, ticket.at);
  const about = isSoon ? t("reception.soon") : t("reception.about", { from: time(from), to: time(to), by: time(by) });
  return html`<span>${about}</span> <span class="quiet">${ahead}</span>`;
}

function Slips({ slips }) {
  if (!slips.length) return t("reception.never_printed");
  const last = slips[slips.length - 1];
  return html`<span>${t(`reception.print_${last.state}`)}</span>
    ${last.copy_no > 0 && html` <span class="quiet">${t("reception.copies", { n: last.copy_no })}</span>`}`;
}
