import { html } from "../../static/js/html.js";
import { language, t } from "../../static/js/wording.js";
import { back, changeLanguage, setLook } from "./session.js";

const LOOKS = [
  { look: "text", values: ["", "large"] },
  { look: "contrast", values: ["", "high"] },
  { look: "reach", values: ["", "low"] },
];

/** How the screen suits this visitor; it all goes back when the visitor goes. */
export function Looks({ state }) {
  return html`<div class="screen looks">
    <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.looks")}</h1>
    ${LOOKS.map(
      ({ look, values }) => html`<fieldset class="choice" key=${look}>
        <legend>${t(`kiosk.look_${look}`)}</legend>
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
      </fieldset>`,
    )}
    <fieldset class="choice">
      <legend>${t("kiosk.look_language")}</legend>
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
    </fieldset>
    <button type="button" class="button button--primary button--large" onClick=${back}>${t("kiosk.done")}</button>
  </div>`;
}
