import { html } from "/static/js/html.js";
import { name, t } from "/static/js/wording.js";

/** What one more counter would do, from the forecast that visitors are told. */
export function Advice({ watch }) {
  const { advice } = watch.store.get();
  if (advice.length === 0) return null;
  return html`<section class="advice" aria-labelledby="advice-title">
    <h2 id="advice-title">${t("room.advice")}</h2>
    <ul>
      ${advice.map((each) => html`<li class="advice__one" key=${each.counters[0]}>
        <p><strong>${t("room.advice_open", { counters: each.counters.slice(0, 4).join(", ") })}</strong></p>
        <p>${t(each.before_s === null ? "room.advice_first" : "room.advice_gain", { service: name(each.service_name), before: minutes(each.before_s), n: minutes(each.after_s) })}</p>
      </li>`)}
    </ul>
  </section>`;
}

function minutes(seconds) {
  return Math.round(seconds / 60);
}
