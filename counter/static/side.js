import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, nameLanguage, t, time } from "/static/js/wording.js";
import { perform } from "./acts.js";
import { useSeconds } from "./clock.js";

/** What waits for this counter, who is on hold, and the day so far. */
export function Side({ session }) {
  const { counter } = session.store.get();
  return html`<aside class="side">
    <${Queue} session=${session} counter=${counter} />
    ${counter.held.length > 0 && html`<${Held} session=${session} counter=${counter} />`}
    <${Today} counter=${counter} />
  </aside>`;
}

function Queue({ session, counter }) {
  useSeconds();
  const rest = counter.waiting - counter.queue.length;
  return html`<section class="panel panel--grows" aria-labelledby="queue-title">
    <h2 id="queue-title" class="panel__title">${t("counter.queue_title")} <span class="count">${counter.waiting}</span></h2>
    <div class="panel__scroll" tabindex=${counter.queue.length > 0 ? 0 : undefined} role="group" aria-labelledby="queue-title">
      ${counter.queue.length === 0 && html`<p class="quiet panel__empty">${t("counter.empty_title")}</p>`}
      ${counter.queue.length > 0 &&
      html`<table class="queue">
        <thead>
          <tr><th>${t("counter.queue_number")}</th><th>${t("counter.queue_service")}</th><th>${t("counter.queue_due")}</th></tr>
        </thead>
        <tbody>${counter.queue.map((row) => html`<${Row} key=${row.number} session=${session} row=${row} />`)}</tbody>
      </table>`}
      ${rest > 0 && html`<p class="quiet panel__empty">${t("counter.queue_more", { n: rest })}</p>`}
    </div>
  </section>`;
}

function Row({ session, row }) {
  const isOverdue = Date.parse(row.due_at) < session.now();
  const ask = () => session.show({ verb: "call", ticket: null, row });
  return html`<tr data-overdue=${isOverdue ? "yes" : undefined}>
    <td>
      ${session.can("call")
        ? html`<button type="button" class="queue__call number" onClick=${ask} title=${t("counter.call")}
            aria-label=${`${row.number}: ${t("counter.call")}`}>${row.number}</button>`
        : html`<span class="number">${row.number}</span>`}
    </td>
    <td class="queue__service" lang=${nameLanguage(row.service_name)}>${name(row.service_name)}</td>
    <td class="queue__due">
      ${time(row.due_at)}
      ${isOverdue && html`<span class="visually-hidden">, ${t("counter.overdue")}</span>`}
    </td>
  </tr>`;
}

function Held({ session, counter }) {
  return html`<section class="panel" aria-labelledby="held-title">
    <h2 id="held-title" class="panel__title">${t("counter.held_title")} <span class="count">${counter.held.length}</span></h2>
    <ul class="held">
      ${counter.held.map(
        (ticket) => html`<li key=${ticket.id}>
          <span class="number">${ticket.number}</span>
          <span class="held__service" lang=${nameLanguage(ticket.service_name)}>${name(ticket.service_name)}</span>
          <${OnceButton}
            class="button held__resume"
            disabled=${!session.can("resume")}
            aria-label=${`${t("counter.resume")}: ${ticket.number}`}
            onTap=${() => perform(session, "resume", { ticket: ticket.id })}
          >
            ${t("counter.resume")}
          <//>
        </li>`,
      )}
    </ul>
  </section>`;
}

function Today({ counter }) {
  const { served, mean_s: meanS } = counter.today;
  return html`<section class="panel today" aria-label=${t("counter.today_title")}>
    <dl>
      <div><dt>${t("counter.today_served")}</dt><dd class="number">${served}</dd></div>
      <div><dt>${t("counter.today_mean")}</dt><dd class="number">${served > 0 && meanS ? t("counter.minutes", { n: Math.max(1, Math.round(meanS / 60)) }) : "–"}</dd></div>
      <div><dt>${t("counter.today_waiting")}</dt><dd class="number">${counter.waiting}</dd></div>
    </dl>
  </section>`;
}
