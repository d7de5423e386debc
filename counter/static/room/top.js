import { html } from "/static/js/html.js";
import { t, time } from "/static/js/wording.js";
import { LanguageChoice } from "../language-choice.js";

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
    <${LanguageChoice} words="room" className="room-top__language" />
    <a class="room-top__link" href="/staff">${t("room.doors")}</a>
    <a class="room-top__link" href="/account">${page.me.name}</a>
    <form method="post" action="/sign-out">
      <input type="hidden" name="csrf_token" value=${document.querySelector('meta[name="csrf-token"]').content} />
      <button class="button room-top__button">${t("room.sign_out")}</button>
    </form>
  </header>`;
}
