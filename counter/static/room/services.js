import { html, useState } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";

/** Waits against targets, by agency and service; those that somebody is late for first. */
export function Services({ watch, page }) {
  const { room } = watch.store.get();
  const waited = room.services.filter((each) => each.waiting > 0);
  const closed = room.services.filter((each) => each.is_closed);
  return html`<div class="card room__card">
    <h2 id="services-title">${t("room.services")}</h2>
    ${waited.length === 0 ? html`<p class="quiet">${t("room.nobody_waits")}</p>` : html`<div class="room__scroll" tabindex="0" role="region" aria-labelledby="services-title">
      <table class="room-table">
        <thead><tr>
          <th scope="col">${t("room.service")}</th>
          <th scope="col" class="room-table__figure">${t("room.waiting")}</th>
          <th scope="col" class="room-table__figure">${t("room.late")}</th>
          <th scope="col" class="room-table__figure">${t("room.oldest")}</th>
          <th scope="col" class="room-table__figure">${t("room.expected")}</th>
          <th scope="col" class="room-table__figure">${t("room.target")}</th>
          <th scope="col" class="room-table__figure">${t("room.open_counters")}</th>
        </tr></thead>
        <tbody>${waited.map((each) => html`<${Row} key=${each.service} service=${each} />`)}</tbody>
      </table>
    </div>`}
    ${closed.length > 0 && html`<h3>${t("room.closed_today")}</h3>
      <ul class="closed-services">
        ${closed.map((each) => html`<li key=${each.service}>${name(each.name)} <span class="quiet small">${name(each.agency_name)}</span>
          ${watch.mayAct && html`<button type="button" class="button" aria-label=${t("room.open_named", { service: name(each.name) })}
            onClick=${() => watch.setOpen(each.service, true)}>${t("room.open_service")}</button>`}</li>`)}
      </ul>`}
    ${watch.mayAct && html`<${CloseOne} watch=${watch} others=${page.offered.filter((each) => !closed.some(({ service }) => service === each.service))} />`}
  </div>`;
}

/** No ticket is given for it any more today; who waits already is served. */
function CloseOne({ watch, others }) {
  const [chosen, choose] = useState("");
  const close = async (event) => {
    event.preventDefault();
    if (await watch.setOpen(chosen, false)) choose("");
  };
  return html`<details>
    <summary>${t("room.close_service")}</summary>
    <form class="close-one" onSubmit=${close}>
      <label for="close-service">${t("room.service")}</label>
      <select id="close-service" class="input" value=${chosen} onChange=${(event) => choose(event.target.value)} required>
        <option value="">${t("room.choose_service")}</option>
        ${others.map((each) => html`<option value=${each.service}>${name(each.agency_name)}: ${name(each.name)}</option>`)}
      </select>
      <button class="button" disabled=${chosen === ""}>${t("room.close_for_today")}</button>
    </form>
    <p class="quiet small">${t("room.close_text")}</p>
  </details>`;
}

function Row({ service }) {
  const { wait } = service;
  const isLong = wait !== null && wait.high_s > service.target_s;
  return html`<tr data-late=${service.late > 0 ? "yes" : "no"} data-unserved=${service.counters === 0 ? "yes" : "no"}>
    <th scope="row">${name(service.name)} <span class="quiet small">${name(service.agency_name)}</span></th>
    <td class="room-table__figure number">${service.waiting}</td>
    <td class="room-table__figure number">${service.late > 0 ? html`<strong class="room-table__late">${service.late}</strong>` : 0}</td>
    <td class="room-table__figure number">${service.oldest_at ? time(service.oldest_at) : ""}</td>
    <td class="room-table__figure number" data-long=${isLong ? "yes" : "no"}>${wait ? t("room.minutes_range", { low: minutes(wait.low_s), n: minutes(wait.high_s) }) : "–"}</td>
    <td class="room-table__figure number">${t("room.minutes", { n: minutes(service.target_s) })}</td>
    <td class="room-table__figure number">${service.counters > 0 ? service.counters : html`<strong class="room-table__late">0</strong>`}</td>
  </tr>`;
}

function minutes(seconds) {
  return Math.round(seconds / 60);
}
