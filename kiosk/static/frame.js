import { html, useEffect, useRef, useState } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, t, time } from "../../static/js/wording.js";
import { day } from "./calendar.js";
import { back, go, goHome, reset, settings } from "./session.js";
import { toggleListening } from "./voice.js";

const STAFF_HOLD_MS = 3000;

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
  const hold = useRef(null);
  const press = () => {
    if (settings.has_menu) hold.current = setTimeout(() => go("staff", { staff: null }), STAFF_HOLD_MS);
  };
  const release = () => clearTimeout(hold.current);
  // Staff hold the clock; it is no control of visitors, and has no name nor focus.
  return html`<p
    class="band__clock"
    onPointerDown=${press}
    onPointerUp=${release}
    onPointerLeave=${release}
    onPointerCancel=${release}
  >
    <span class="band__date">${day(now)}</span>
    <time class="number" datetime=${now.toISOString()}>${time(now)}</time>
  </p>`;
}

/** The band at the bottom, always in the same place: back, start, and how the screen looks. */
export function Footer({ state }) {
  const { screen, isTaking, problem, isListening } = state;
  const isInside = screen !== "attract" && screen !== "result" && !isTaking;
  const isFirst = screen === "home";
  return html`<nav class="foot" aria-label=${t("kiosk.navigation")}>
    ${isInside && !isFirst && button({ onClick: back, icon: "back", label: t("kiosk.back") })}
    ${isInside && isFirst && button({ onClick: reset, icon: "close", label: t("kiosk.end") })}
    ${isInside && !isFirst && button({ onClick: problem === "away" ? reset : goHome, icon: "home", label: t("kiosk.home") })}
    ${screen !== "staff" &&
    button({
      onClick: toggleListening,
      icon: isListening ? "mute" : "sound",
      label: t(isListening ? "kiosk.listen_stop" : "kiosk.listen"),
      extra: "foot__listen",
      pressed: isListening,
    })}
    ${screen !== "looks" &&
    screen !== "staff" &&
    !isTaking &&
    button({ onClick: () => go("looks"), icon: "accessibility", label: t("kiosk.looks_short"), extra: "foot__looks" })}
  </nav>`;
}

function button({ onClick, icon, label, extra = "", pressed }) {
  return html`<button
    type="button"
    class=${`button button--foot ${extra}`}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    onClick=${onClick}
  >
    <${Icon} name=${icon} /><span>${label}</span>
  </button>`;
}
