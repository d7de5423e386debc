import { html } from "../../static/js/html.js";
import { t } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";

// What the hall itself says of a service, so that the screen and the refusal use one sentence.
const BY_SERVICE = new Set(["service_closed", "queue_full", "closing_soon"]);

/** A number could not be given: why, and what to do. */
export function Refused({ state: { catalogue, refusal } }) {
  const type = refusal?.type;
  if (type === "centre_closed") return html`<p class="notice notice--warn" role="alert">${closedWords(catalogue)}</p>`;
  return html`<div class="notice notice--bad" role="alert">
    <p><strong>${t("kiosk.refused")}</strong></p>
    <p>${BY_SERVICE.has(type) ? t(`kiosk.why_${type}`) : t("kiosk.refused_help")}</p>
  </div>`;
}
