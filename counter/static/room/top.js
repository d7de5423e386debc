import { html } from "/static/js/html.js";
import { languages, language, setLanguage, t, time } from "/static/js/wording.js";

const A_YEAR_S = 365 * 24 * 3600;

/** What this is, whether it is live, the language, the sound, and the way out. */
export function Top({ watch, page }) {
  const { room, isLive, hasSound } = watch.store.get();
  return html`<header class="room-top">
    <p class="room-top__title">${t("room.title")}</p>
    <p class="room-top__live" data-live=${isLive ? "yes" : "no"} role="status">
      ${isLive ? t("room.as_of", { time: time(room.at) }) : t("room.offline")}
    </p>
    <button type="button" class="button room-top__button" aria-pressed=${String(hasSound)} onClick=${() => watch.toggleSound()}>
      ${t(hasSound ? "room.sound_on" : "room.sound_off")}
    </button>
    <${LanguageChoice} />
    <a class="room-top__link" href="/staff">${t("room.doors")}</a>
    <a class="room-top__link" href="/account">${page.me.name}</a>
    <form method="post" action="/sign-out">
      <input type="hidden" name="csrf_token" value=${document.querySelector('meta[name="csrf-token"]').content} />
      <button class="button room-top__button">${t("room.sign_out")}</button>
    </form>
  </header>`;
}

function LanguageChoice() {
  const choose = (event) => {
    setLanguage(event.target.value);
    document.cookie = `navbat_language=${event.target.value}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
  };
  return html`<label class="room-top__language">
    <span class="visually-hidden">${t("room.language")}</span>
    <select value=${language()} onChange=${choose}>
      ${languages().map((code) => html`<option value=${code} lang=${code} selected=${code === language()}>${t("room.own_name", {}, code)}</option>`)}
    </select>
  </label>`;
}
