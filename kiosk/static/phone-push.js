/** Being told while the phone is locked: asked for with a tap, and only where this browser and this hall can do it. */
import { html, useEffect, useState } from "../../static/js/html.js";
import { newKey, request } from "../../static/js/http.js";
import { Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { language, t } from "../../static/js/wording.js";

const SCOPE = "/t/";
const PREFIX = "navbat-push:";

/** @param {{ticket: object, pushKey: string}} props `pushKey` of the hall, in base64url */
export function Push({ ticket: { token }, pushKey }) {
  const [state, setState] = useState("off");
  useEffect(() => void (isTold(token) && setState("on")), [token]);
  if (!canBeTold()) return null;
  if (state === "on") {
    const stop = async () => (await turnOff(token)) && setState("off");
    return html`<div class="notice notice--good push" role="status">
      <${Icon} name="check" /> <span>${t("phone.push_is_on")}</span>
      <${OnceButton} class="button" onTap=${stop}>${t("phone.push_off")}<//>
    </div>`;
  }
  return html`<div>
    <${OnceButton} class="button button--wide" onTap=${async () => setState(await turnOn(token, pushKey))}>
      <${Icon} name="clock" /> ${t("phone.push_on")}
    <//>
    <p role="status">${state === "denied" || state === "failed" ? t(`phone.push_${state}`) : ""}</p>
  </div>`;
}

/** Not on plain http, nor in browsers that only tell what is on the home screen. */
function canBeTold() {
  return Boolean(navigator.serviceWorker && window.PushManager && window.Notification);
}

/** @returns {Promise<"on" | "denied" | "failed">} */
async function turnOn(token, pushKey) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  try {
    await navigator.serviceWorker.register("/phone-worker.js", { scope: SCOPE });
    const worker = await navigator.serviceWorker.ready;
    const { endpoint, keys } = (await subscribe(worker, pushKey)).toJSON();
    const body = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, language: language() };
    const answer = await request("POST", `/api/v1/tickets/${token}/push`, body, { key: newKey() });
    if (!answer.ok) return "failed";
    localStorage.setItem(PREFIX + token, endpoint);
    return "on";
  } catch {
    return "failed"; // the browser's push service cannot be reached
  }
}

/** One subscription serves every ticket; another hall's key on the same address needs a new one. */
async function subscribe(worker, pushKey) {
  const wish = { userVisibleOnly: true, applicationServerKey: pushKey };
  try {
    return await worker.pushManager.subscribe(wish);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    return worker.pushManager.subscribe(wish);
  }
}

async function turnOff(token) {
  const endpoint = localStorage.getItem(PREFIX + token);
  const { ok } = await request("POST", `/api/v1/tickets/${token}/push-off`, { endpoint });
  if (ok) localStorage.removeItem(PREFIX + token);
  return ok;
}

function isTold(token) {
  try {
    return localStorage.getItem(PREFIX + token) !== null && Notification.permission === "granted";
  } catch {
    return false;
  }
}
