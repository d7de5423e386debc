/** What a visitor can do who is not waiting just now: come, come back, come back after a missed call, be told meanwhile. */
import { html, useState } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { language, t, time } from "../../static/js/wording.js";

export const PUSHED = "navbat-push:";

const AWAY = ["held", "served", "no_show", "cancelled", "expired"];

/**
 * @param {object} props
 * @param {object} props.ticket
 * @param {boolean} props.isHere whether this phone has just scanned the code in the hall
 * @param {number} props.penalty minutes that coming back after a missed call costs
 * @param {() => Promise<void>} props.onBack takes the visitor back
 */
export function Away({ ticket, isHere, penalty, onBack }) {
  if (!AWAY.includes(ticket.state)) return null;
  if (ticket.check_in_by) return html`<${Come} ticket=${ticket} isHere=${isHere} />`;
  if (ticket.state === "held" && ticket.held_until) {
    return html`<${Back}
      label=${t("phone.aside_label")}
      figure=${time(ticket.held_until)}
      words=${t("phone.aside_help")}
      act=${t("phone.back")}
      onBack=${onBack}
    />`;
  }
  if (ticket.rejoin_by) {
    return html`<${Back}
      label=${t("phone.rejoin_label")}
      figure=${t("phone.rejoin_by", { time: time(ticket.rejoin_by) })}
      words=${t("phone.rejoin_cost", { n: penalty })}
      act=${t("phone.rejoin")}
      onBack=${onBack}
    />`;
  }
  return html`<p class="panel">${t(`phone.help_${ticket.state}`)}</p>`;
}

function Back({ label, figure, words, act, onBack }) {
  return html`<section class="panel">
    <h2 class="panel__label">${label}</h2>
    <p class="panel__figure">${figure}</p>
    <p>${words}</p>
    <div class="act"><${OnceButton} class="button button--primary button--large button--wide" onTap=${onBack}>${act}<//></div>
  </section>`;
}

/** Of a ticket from afar. The form is sent as a page, because the proof is in a cookie that scripts do not see. */
function Come({ ticket, isHere }) {
  return html`<section class="panel">
    <h2 class="panel__label">${t("phone.come_label")}</h2>
    <p class="panel__figure">${t("phone.come_by", { time: time(ticket.check_in_by) })}</p>
    <p>${t("phone.come_keep", { due: time(ticket.due_at) })}</p>
    ${isHere
      ? html`<form class="act" method="post" action=${`/t/${ticket.token}/here?language=${language()}`}>
          <button class="button button--primary button--large button--wide">${t("phone.here")}</button>
        </form>`
      : html`<p>${t("phone.come_scan")} <a href=${`/p?language=${language()}&ticket=${ticket.token}`}>${t("phone.come_type")}</a></p>`}
  </section>`;
}

/**
 * Being told while the phone is locked: asked for with a tap, and only where this browser and this hall can do it.
 *
 * @param {{ticket: object, pushKey: string}} props `pushKey` of the hall, in base64url
 */
export function Push({ ticket: { token }, pushKey }) {
  const [state, setState] = useState(isTold(token) ? "on" : "off");
  const pushing = () => import("./phone-push.js");
  // Not on plain http, nor in browsers that only tell what is on the home screen.
  if (!(navigator.serviceWorker && window.PushManager && window.Notification)) return null;
  if (state === "on") {
    const stop = async () => (await (await pushing()).turnOff(token)) && setState("off");
    return html`<div class="notice notice--good push" role="status">
      <${Icon} name="check" /> <span>${t("phone.push_is_on")}</span>
      <${OnceButton} class="button" onTap=${stop}>${t("phone.push_off")}<//>
    </div>`;
  }
  const start = async () => {
    const permission = Notification.requestPermission();
    setState(await pushing().then((push) => push.turnOn(token, pushKey, permission), () => "failed"));
  };
  return html`<div>
    <${OnceButton} class="button button--wide" onTap=${start}><${Icon} name="clock" /> ${t("phone.push_on")}<//>
    <p role="status">${state === "denied" || state === "failed" ? t(`phone.push_${state}`) : ""}</p>
  </div>`;
}

function isTold(token) {
  try {
    return localStorage.getItem(PUSHED + token) !== null && Notification.permission === "granted";
  } catch {
    return false;
  }
}
