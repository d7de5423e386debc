import { html } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { LanguageChoice } from "./language-choice.js";

/** Which desk, whether it is live, the language and the way out. */
export function DeskBar({ page, state }) {
  return html`<header class="top">
    <h1 class="top__desk">${t("reception.title")}</h1>
    <p class="top__live" data-live=${state.isLive ? "yes" : "no"} role="status">
      ${t(state.isLive ? "counter.live" : "counter.offline_title")}
    </p>
    <${LanguageChoice} words="counter" className="top__language" />
    <div class="top__me"><span class="top__name">${page.me.name}</span>
      <a class="top__link" href="/staff">${t("staff.doors")}</a></div>
    <form method="post" action="/sign-out">
      <input type="hidden" name="csrf_token" value=${page.csrf} />
      <button class="button top__out">${t("counter.sign_out")}</button>
    </form>
  </header>`;
}
