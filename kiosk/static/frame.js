import { html, useEffect, useState } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, t, time } from "../../static/js/wording.js";
import { day } from "./calendar.js";
import { back, go, goHome, reset } from "./session.js";

/** The band on top: whose hall this is, and the clock of the hall. */
export function Header({ state }) {
  return html`<header class="band">
    <p class="band__name">${name(state.catalogue.name)}</p>
    <${Clock} />
  </header>`;
}

function Clock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5000);
    return () => clearInterval(timer);
  }, []);
  return html`<p class="band__clock">
    <span class="band__date">${day(now)}</span>
    <time class="number" datetime=${now.toISOString()}>${time(now)}</time>
  </p>`;
}

/** The band at the bottom, always in the same place: back, start, and how the screen looks. */
export function Footer({ state }) {
  const { screen, isTaking, problem } = state;
  const isInside = screen !== "attract" && screen !== "result" && !isTaking;
  const isFirst = screen === "home";
  return html`<nav class="foot" aria-label=${t("kiosk.navigation")}>
    ${isInside && !isFirst && button({ onClick: back, icon: "back", label: t("kiosk.back") })}
    ${isInside && isFirst && button({ onClick: reset, icon: "close", label: t("kiosk.end") })}
    ${isInside && !isFirst && button({ onClick: problem === "away" ? reset : goHome, icon: "home", label: t("kiosk.home") })}
    ${screen !== "looks" &&
    !isTaking &&
    button({ onClick: () => go("looks"), icon: "accessibility", label: t("kiosk.looks"), extra: "foot__looks" })}
  </nav>`;
}

function button({ onClick, icon, label, extra = "" }) {
  return html`<button type="button" class=${`button button--foot ${extra}`} onClick=${onClick}>
    <${Icon} name=${icon} /><span>${label}</span>
  </button>`;
}
