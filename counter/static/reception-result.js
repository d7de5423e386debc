import { html, useEffect, useRef } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { TicketFacts } from "./reception-ticket.js";

/** The ticket that was given: the number to say aloud, and what to tell the visitor. */
export function Result({ desk, result }) {
  const again = useRef(null);
  useEffect(() => again.current.focus(), []);
  return html`<section class="result card" data-number=${result.number}>
    <p class="quiet">${t("reception.given")}</p>
    <h2 class="result__number number">${result.number}</h2>
    ${result.print && html`<p>${t(`reception.print_${result.print.state}`)}</p>`}
    <${TicketFacts} ticket=${result} />
    <button type="button" class="button button--primary button--large" ref=${again} onClick=${() => desk.clearResult()}>${t("reception.next_visitor")}</button>
  </section>`;
}
