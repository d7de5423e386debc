import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { t } from "../../static/js/wording.js";
import { take } from "./session.js";

/** The server does not answer: say so in every language, say what to do, and go on by itself. */
export function Away({ state }) {
  const { catalogue, problem } = state;
  if (problem !== "away") {
    return html`<div class="screen away">
      <${Icon} name="wifi_off" />
      <h1 class="visually-hidden">${t("kiosk.away")}</h1>
      <ul class="away__all">
        ${catalogue.languages.map(
          (code) => html`<li lang=${code} key=${code}>
            <strong>${t("kiosk.away", {}, code)}</strong> ${t("kiosk.away_help", {}, code)}
          </li>`,
        )}
      </ul>
    </div>`;
  }
  return html`<div class="screen away">
    <${Icon} name="wifi_off" />
    <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.away")}</h1>
    <p class="screen__lead">${t("kiosk.away_taking")}</p>
    <${OnceButton} class="button button--primary take" onTap=${take} disabled=${state.isTaking}>${t("kiosk.try_again")}<//>
  </div>`;
}
