import { html } from "/static/js/html.js";
import { language, languages, setLanguage, t } from "/static/js/wording.js";

const A_YEAR_S = 365 * 24 * 3600;

/** Which desk, whether it is live, the language and the way out. */
export function DeskBar({ page, state }) {
  const choose = (event) => {
    setLanguage(event.target.value);
    document.cookie = `navbat_language=${event.target.value}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
  };
  return html`<header class="top">
    <h1 class="top__desk">${t("reception.title")}</h1>
    <p class="top__live" data-live=${state.isLive ? "yes" : "no"} role="status">
      ${t(state.isLive ? "counter.live" : "counter.offline_title")}
    </p>
    <label class="top__language">
      <span class="visually-hidden">${t("counter.language")}</span>
      <select value=${language()} onChange=${choose}>
        ${languages().map((code) => html`<option value=${code} lang=${code} selected=${code === language()}>${t("counter.own_name", {}, code)}</option>`)}
      </select>
    </label>
    <div class="top__me"><span class="top__name">${page.me.name}</span>
      <a class="top__link" href="/staff">${t("staff.doors")}</a></div>
    <form method="post" action="/sign-out">
      <input type="hidden" name="csrf_token" value=${page.csrf} />
      <button class="button top__out">${t("counter.sign_out")}</button>
    </form>
  </header>`;
}
