import { html } from "../../static/js/html.js";
import { t, time } from "../../static/js/wording.js";
import { waitTimes } from "../../static/js/wait.js";

/**
 * "About 10:40–10:55; 9 in 10 by 11:00": an interval, since a single time would promise too much.
 *
 * @param {{wait: import("../../static/js/wait.js").Wait | null, at: string}} props `at` when it was estimated
 */
export function WaitWords({ wait, at }) {
  if (!wait) return html`<p class="wait__none">${t("kiosk.wait_unknown")}</p>`;
  const { isSoon, from, to, by } = waitTimes(wait, at);
  return html`<div class="wait">
    <p class="wait__times">
      ${isSoon ? t("kiosk.wait_soon") : t("kiosk.wait_about", { from: time(from), to: time(to) })}
    </p>
    ${!isSoon && html`<p class="wait__by">${t("kiosk.wait_by", { by: time(by) })}</p>`}
    ${wait.rough && html`<p class="wait__rough">${t("kiosk.wait_rough")}</p>`}
  </div>`;
}
