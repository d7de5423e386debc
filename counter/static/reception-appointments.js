import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t, time } from "/static/js/wording.js";
import { Result } from "./reception-result.js";

/** Today's appointments in their order; who has come is checked in here as well. */
export function AppointmentsPart({ desk, state }) {
  if (state.result) return html`<${Result} desk=${desk} result=${state.result} />`;
  return html`<h2>${t("reception.part_appointments")}</h2>
    ${state.appointments.length === 0 && html`<p class="empty quiet">${t("reception.no_appointments")}</p>`}
    ${state.appointments.length > 0 &&
    html`<div class="card table-box"><table class="table">
      <thead><tr>
        <th scope="col">${t("reception.time")}</th><th scope="col">${t("reception.service")}</th>
        <th scope="col">${t("reception.code")}</th><th scope="col">${t("reception.state")}</th>
        <th scope="col"><span class="visually-hidden">${t("reception.check_in")}</span></th>
      </tr></thead>
      <tbody>
        ${state.appointments.map(
          (each) => html`<tr key=${each.code} data-state=${each.state}>
            <td class="number">${time(each.slot_at)}</td>
            <td>${name(each.service_name)}</td>
            <td class="number">${each.code}</td>
            <td>${t(KNOWN.includes(each.state) ? `reception.booked_${each.state}` : "reception.booked_other")}</td>
            <td>${each.state === "booked" &&
            html`<${OnceButton} class="button" aria-label=${`${t("reception.check_in")} ${each.code}`}
              onTap=${() => desk.checkIn({ code: each.code, print: true })}>${t("reception.check_in")}<//>`}</td>
          </tr>`,
        )}
      </tbody>
    </table></div>`}`;
}

const KNOWN = ["booked", "checked_in", "cancelled", "missed"];
