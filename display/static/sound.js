import { allowSound, chime } from "/static/js/chime.js";
import { html, useEffect, useState } from "/static/js/html.js";
import { t } from "/static/js/wording.js";

/** Offered only where the browser wants a touch before it lets a page sound. */
export function Sound({ code }) {
  const [isAllowed, setAllowed] = useState(true);
  useEffect(() => {
    const ask = () => allowSound().then(setAllowed);
    ask();
    addEventListener("pointerdown", ask);
    addEventListener("keydown", ask);
    return () => {
      removeEventListener("pointerdown", ask);
      removeEventListener("keydown", ask);
    };
  }, []);
  if (isAllowed) return null;
  return html`<button type="button" class="button sound" lang=${code} onClick=${() => chime()}>
    <svg class="sound__icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor"
        stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
      <path d="M11 5 6.5 9H3v6h3.5L11 19zM22 9l-6 6M16 9l6 6" />
    </svg>
    ${t("display.sound_off", {}, code)}
  </button>`;
}
