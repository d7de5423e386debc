import { html, useEffect, useReducer } from "/static/js/html.js";
import { useStore } from "/static/js/store.js";
import { t, time } from "/static/js/wording.js";

/** The line below: how old the picture is when it is not live, otherwise what is good to know. */
export function Strip({ hall, code }) {
  const [, tick] = useReducer((count) => count + 1, 0);
  const { board, isLive, heardAt, skewMs } = useStore(hall.store);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const paused = board.counters.filter(({ state }) => state === "paused").map(({ counter }) => counter);
  return html`<div class="strip" data-live=${isLive ? "yes" : "no"} lang=${code} role="status">
    ${isLive
      ? html`<p>${t("display.watch", {}, code)}</p>
          ${paused.length > 0 &&
          html`<p class="strip__paused">${t("display.paused_counters", {}, code)}: <span class="number">${paused.join(", ")}</span></p>`}`
      : html`<p><strong>${t("display.not_live", {}, code)}.</strong>${" "}
          <span aria-live="off">${t("display.not_live_text", { time: time(new Date(heardAt + skewMs), code), age: age(heardAt, code) }, code)}</span>
        </p>`}
  </div>`;
}

function age(since, code) {
  const seconds = Math.floor((Date.now() - since) / 1000);
  if (seconds < 120) return t("display.age_seconds", { n: seconds }, code);
  if (seconds < 7200) return t("display.age_minutes", { n: Math.floor(seconds / 60) }, code);
  return t("display.age_hours", { n: Math.floor(seconds / 3600) }, code);
}
