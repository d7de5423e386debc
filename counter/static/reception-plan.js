import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { language, name, t, time } from "/static/js/wording.js";

/** A day of all teams, by the times at which visits begin; a chosen request is planned by pressing a free time. */
export function PlanBoard({ desk, plan, request, onPlan, onChoose }) {
  if (!plan) return html`<section class="plan"><p class="empty quiet">${t("counter.loading")}</p></section>`;
  return html`<section class="plan" aria-label=${t("reception.plan_of")} data-place="plan" tabindex="-1">
    <div class="plan__days" role="group" aria-label=${t("reception.day")}>
      ${plan.days.map((day) => html`<button type="button" class="plan__day" aria-pressed=${day === plan.day ? "true" : "false"} onClick=${() => desk.showDay(day)}>
        ${dayName(day)}</button>`)}
    </div>
    <p class="plan__hint" role="status">${request ? t("reception.press_free", { name: request.contact?.name ?? "–" }) : t("reception.choose_request")}</p>
    <div class="plan__teams">
      ${plan.teams.map((team) => html`<${TeamColumn} key=${team.key} team=${team} request=${request} onPlan=${onPlan} onChoose=${onChoose} />`)}
    </div>
  </section>`;
}

function TeamColumn({ team, request, onPlan, onChoose }) {
  const brings = request && request.services.every((each) => team.services.includes(each.key));
  const taken = team.slots.filter((slot) => slot.request).length;
  return html`<section class="team-column" data-team=${team.key} data-brings=${request ? (brings ? "yes" : "no") : undefined}>
    <h4>${name(team.name)} <span class="number quiet">${taken}/${team.slots.length}</span></h4>
    ${!team.works && html`<p class="quiet">${t("reception.not_out")}</p>`}
    ${request && !brings && html`<p class="small quiet">${t("reception.does_not_bring")}</p>`}
    <ol>
      ${team.slots.map((slot) => html`<li key=${slot.at} data-place=${`${team.key}-${slot.at}`} tabindex="-1">
        <span class="number team-column__time">${time(slot.at)}</span>
        ${slot.request
          ? html`<${Planned} request=${slot.request} onChoose=${onChoose} />`
          : html`<${OnceButton} class="button team-column__free" disabled=${!request || !brings || slot.is_past}
              aria-label=${`${time(slot.at)}, ${name(team.name)}: ${t("reception.free")}`} onTap=${() => onPlan(team.key, slot.at)}>
              ${t(slot.is_past ? "reception.past" : "reception.free")}<//>`}
      </li>`)}
    </ol>
    ${team.others.length > 0 && html`<ul>${team.others.map((each) => html`<li><span class="number team-column__time">${time(each.slot_at)}</span><${Planned} request=${each} onChoose=${onChoose} /></li>`)}</ul>`}
  </section>`;
}

function Planned({ request, onChoose }) {
  const mayMove = ["planned", "missed"].includes(request.state);
  return html`<button type="button" class="team-column__visit" data-state=${request.state} disabled=${!mayMove} onClick=${() => onChoose(request.id)}>
    <strong>${request.number ? html`<span class="number">${request.number}</span> ` : ""}${request.contact?.name ?? "–"}</strong>
    <span>${t(`reception.request_${request.state}`)}</span>
  </button>`;
}

/** Day and weekday as the language writes them; a browser without it would write them in another. */
function dayName(day) {
  const [year, month, date] = day.split("-").map(Number);
  const weekday = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][new Date(Date.UTC(year, month - 1, date)).getUTCDay()];
  return html`<span>${t(`outreach.day_${weekday}`, {}, language())}</span> <strong class="number">${date}.${String(month).padStart(2, "0")}</strong>`;
}
