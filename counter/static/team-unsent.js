import { html } from "/static/js/html.js";
import { t, time } from "/static/js/wording.js";

/** What a team must know of the network: what waits to be sent, in its order, and what the hall could not take in. */
export function Unsent({ day, state }) {
  const { kept, isLive, notice } = state;
  return html`<div class="unsent">
    <div role="status">
      ${!isLive && html`<p class="notice notice--warn"><strong>${t("team.offline")}</strong> ${t("team.offline_text")}</p>`}
      ${day.isForeign() &&
      html`<p class="notice notice--bad">${t("team.foreign", { n: kept.acts.length, name: kept.pack.official?.name ?? "–" })}</p>`}
      ${kept.acts.length > 0 &&
      html`<details class="unsent__queue" open=${!isLive}>
        <summary>${t("team.unsent", { n: kept.acts.length })}</summary>
        <ol>
          ${kept.acts.map((act) => html`<li key=${act.id}><time>${time(act.at)}</time> ${numberOf(kept, act)} ${t(`team.did_${act.verb}`)}</li>`)}
        </ol>
      </details>`}
    </div>
    <div role="alert">
      ${notice && html`<div class=${`notice notice--${notice.kind}`}>
        <p>${notice.text ?? t(notice.key)}</p>
        ${notice.href && html`<a class="button" href=${notice.href}>${t("counter.sign_in")}</a>`}
      </div>`}
      ${kept.refused.length > 0 && html`<${Refused} day=${day} refused=${kept.refused} />`}
    </div>
  </div>`;
}

function Refused({ day, refused }) {
  return html`<section class="notice notice--bad refused">
    <h2>${t("team.refused_title")}</h2>
    <p>${t("team.refused_text")}</p>
    <ul>
      ${refused.map(
        (each) => html`<li key=${each.id}><time>${time(each.at)}</time> <strong class="number">${each.number ?? ""}</strong> ${t(`team.did_${each.verb}`)}:
          ${" "}${each.state ? t(`team.refused_${each.state}`) : t(each.outcome === "already_rated" ? "team.refused_rated" : "team.refused_other")}</li>`,
      )}
    </ul>
    <button type="button" class="button" onClick=${() => day.forgetRefused()}>${t("team.refused_read")}</button>
  </section>`;
}

function numberOf(kept, act) {
  const visit = kept.pack?.visits.find((each) => each.ticket === act.ticket);
  return visit ? html`<strong class="number">${visit.number}</strong>` : null;
}
