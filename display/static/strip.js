import { html } from "/static/js/html.js";
import { useStore } from "/static/js/store.js";
import { t, time } from "/static/js/wording.js";
import { useEverySecond } from "./ticking.js";

/**
 * The line below: how old the picture is when it is not live, otherwise what is good to know.
 *
 * @param {{hall: import("./hall.js").Hall, code: string, children?: any}} props `children` stand there while it is live
 */
export function Strip({ hall, code, children }) {
  useEverySecond();
  const { isLive } = useStore(hall.store);
  const ageMs = hall.ageMs();
  return html`<div class="strip" data-live=${isLive ? "yes" : "no"} lang=${code} role="status">
    ${isLive
      ? children
      : html`<p><strong>${t("display.not_live", {}, code)}.</strong>${" "}
          <span aria-live="off">${t("display.not_live_text", { time: time(new Date(hall.now() - ageMs), code), age: age(ageMs, code) }, code)}</span>
        </p>`}
  </div>`;
}

function age(ms, code) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return t("display.age_seconds", { n: seconds }, code);
  if (seconds < 7200) return t("display.age_minutes", { n: Math.floor(seconds / 60) }, code);
  return t("display.age_hours", { n: Math.floor(seconds / 3600) }, code);
}
