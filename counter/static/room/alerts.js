import { html } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";

const MOST_NAMED = 3;

/** What asks for attention, the most pressing first; what was seen stands quietly below. */
export function Alerts({ watch, page }) {
  const { room } = watch.store.get();
  const fresh = room.alerts.filter((alert) => !alert.is_acknowledged);
  const seen = room.alerts.filter((alert) => alert.is_acknowledged);
  return html`<section class="alerts" aria-labelledby="alerts-title">
    <h2 id="alerts-title">${t("room.alerts")} <span class="number">${fresh.length}</span></h2>
    <div role="status">
    <ul class="alerts__list">
      ${fresh.map((alert) => html`<${Row} key=${alert.key} alert=${alert} watch=${watch} page=${page} />`)}
      ${fresh.length === 0 && html`<li class="alerts__none">${t("room.all_well")}</li>`}
    </ul>
    </div>
    ${seen.length > 0 && html`<details>
      <summary>${t("room.seen", { n: seen.length })}</summary>
      <ul class="alerts__list">${seen.map((alert) => html`<${Row} key=${alert.key} alert=${alert} />`)}</ul>
    </details>`}
  </section>`;
}

function Row({ alert, watch, page }) {
  const text = sentence(alert);
  return html`<li class="alert" data-kind=${alert.kind} data-bad=${alert.is_bad ? "yes" : "no"}>
    <div>
      <p>${text}</p>
      ${alert.facts.service_names && html`<p class="quiet small">${alert.facts.service_names.slice(0, MOST_NAMED).map((each) => name(each)).join(", ")}${alert.facts.service_names.length > MOST_NAMED ? "…" : ""}</p>`}
      <p class="quiet small">${t("room.since", { time: time(alert.since_at) })}</p>
      ${alert.seen_by && html`<p class="quiet small">${t("room.seen_by", { name: alert.seen_by, time: time(alert.seen_at) })}</p>`}
    </div>
    ${watch?.mayAct && html`<button type="button" class="button alert__seen" aria-label=${t("room.see_named", { what: text })}
      onClick=${() => watch.acknowledge(alert.key, page.me.id)}>${t("room.see")}</button>`}
  </li>`;
}

/** @returns {string} what an alert says */
function sentence({ kind, is_bad: isBad, facts }) {
  const words = {
    ...facts,
    service: facts.service_name ? name(facts.service_name) : "",
    agency: facts.agency_name ? name(facts.agency_name) : "",
    printer: facts.printer_name ?? "",
    // Two numbers cannot both choose a plural, so the sentence says how many wait, or are late.
    n: facts.late || facts.n || facts.minutes || 0,
  };
  if (kind === "late") return t(isBad ? "room.alert_late" : "room.alert_soon", words);
  if (kind === "printer") return t("room.alert_printer", { ...words, problem: t(`errors.printer_${facts.problem}`) });
  return t(`room.alert_${kind}`, words);
}
