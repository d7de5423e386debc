import { html } from "/static/js/html.js";
import { name, t } from "/static/js/wording.js";
import { LanguageChoice } from "./language-choice.js";

/** Which team, whether there is network, what waits to be sent; the language and the way out. */
export function TeamBar({ day, page, state }) {
  const { kept, isLive, isReady } = state;
  const waits = kept.acts.length;
  const leave = (event) => {
    if (!day.clear()) {
      event.preventDefault();
      day.store.update({ notice: { kind: "warn", key: "team.unsent_first" } });
    }
  };
  return html`<header class="team-bar">
    <div class="team-bar__name"><h1>${name(page.name)}</h1><p>${page.me.name}</p></div>
    <p class="team-bar__net" role="status" data-live=${isLive ? "yes" : "no"} data-waits=${waits}>
      <span>${t(isLive ? "team.live" : "team.offline")}</span>
      <span>${waits ? t("team.unsent", { n: waits }) : t("team.all_sent")}</span>
    </p>
    <p class="team-bar__ready" data-ready=${isReady ? "yes" : "no"}>${t(isReady ? "team.ready" : "team.not_ready")}</p>
    <div class="team-bar__end">
      <${LanguageChoice} words="counter" isShort />
      <form method="post" action="/sign-out" onSubmit=${leave}>
        <input type="hidden" name="csrf_token" value=${page.csrf} />
        <button class="button team-bar__out">${t("counter.sign_out")}</button>
      </form>
    </div>
  </header>`;
}
