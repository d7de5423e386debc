import { html } from "../../static/js/html.js";
import { language, t } from "../../static/js/wording.js";
import { back, changeLanguage, setLook } from "./session.js";

const LOOKS = [
  { look: "text", values: ["", "large"] },
  { look: "contrast", values: ["", "high"] },
  { look: "reach", values: ["", "low"] },
  { look: "sound", values: ["", "louder", "loudest"] },
];

/** How the screen suits this visitor; it all goes back when the visitor goes. */
export function Looks({ state }) {
  return html`<div class="screen looks">
    <div class="screen__head">
      <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.looks")}</h1>
    </div>
    ${LOOKS.map(
      ({ look, values }) => html`<div class="choice" role="group" aria-labelledby=${`look-${look}`} key=${look}>
        <p class="choice__name" id=${`look-${look}`}>${t(`kiosk.look_${look}`)}</p>
        <div class="choice__values">
          ${values.map(
            (value) => html`<button
              type="button"
              class="choice__value"
              data-sample=${`${look}-${value || "usual"}`}
              aria-pressed=${state.looks[look] === value ? "true" : "false"}
              onClick=${() => setLook(look, value)}
            >
              ${t(`kiosk.look_${look}_${value || "usual"}`)}
            </button>`,
          )}
        </div>
      </div>`,
    )}
    <div class="choice choice--language" role="group" aria-labelledby="look-language">
      <p class="choice__name" id="look-language">${t("kiosk.look_language")}</p>
      <div class="choice__values">
        ${state.catalogue.languages.map(
          (code) => html`<button
            type="button"
            class="choice__value"
            lang=${code}
            aria-pressed=${code === language() ? "true" : "false"}
            onClick=${() => changeLanguage(code)}
          >
            ${t("kiosk.language_name", {}, code)}
          </button>`,
        )}
      </div>
    </div>
    <button type="button" class="button button--primary button--large" onClick=${back}>${t("kiosk.done")}</button>
  </div>`;
}
