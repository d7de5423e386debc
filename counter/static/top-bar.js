import { html } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";
import { LanguageChoice } from "./language-choice.js";

/** Which counter, in which state, for whom; the language; the way out. */
export function TopBar({ session, page }) {
  const { counter, isLive } = session.store.get();
  return html`<header class="top">
    <p class="top__counter">
      <span class="top__label">${t("counter.counter")}</span>
      <strong class="number">${page.counter_number}</strong>
    </p>
    ${counter && html`<div class="top__state">
      <p><span class="chip" data-state=${counter.state}>${t(`counter.state_${counter.state}`)}</span>
        ${counter.state !== "closed" && html`<span class="top__since">${t("counter.state_since", { time: time(counter.since_at) })}</span>`}</p>
      <p class="top__zone">${name(counter.zone_name)}</p>
    </div>`}
    <p class="top__live" data-live=${isLive ? "yes" : "no"} role="status">
      ${t(isLive ? "counter.live" : "counter.offline_title")}
    </p>
    <${LanguageChoice} words="counter" className="top__language" />
    <div class="top__me">
      <span class="top__name">${page.me.name}</span>
      ${(!counter || counter.state === "closed") &&
      html`<a class="top__link" href="/counter?choose=1">${t("counter.change_counter")}</a>`}
    </div>
    <form method="post" action="/sign-out">
      <input type="hidden" name="csrf_token" value=${page.csrf} />
      <button class="button top__out">${t("counter.sign_out")}</button>
    </form>
  </header>`;
}
