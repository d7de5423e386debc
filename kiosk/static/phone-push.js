/** Have this phone told while it is locked. Loaded with the first tap: most visitors never want it. */
import { newKey, request } from "../../static/js/http.js";
import { language } from "../../static/js/wording.js";
import { PUSHED } from "./phone-acts.js";

const SCOPE = "/t/";

/**
 * @param {string} token
 * @param {string} pushKey of the hall, in base64url
 * @param {Promise<NotificationPermission>} permission asked for in the tap itself, as browsers want it
 * @returns {Promise<"on" | "denied" | "failed">}
 */
export async function turnOn(token, pushKey, permission) {
  if ((await permission) !== "granted") return "denied";
  try {
    await navigator.serviceWorker.register("/phone-worker.js", { scope: SCOPE });
    const worker = await navigator.serviceWorker.ready;
    const { endpoint, keys } = (await subscribe(worker, pushKey)).toJSON();
    const body = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, language: language() };
    const answer = await request("POST", `/api/v1/tickets/${token}/push`, body, { key: newKey() });
    if (!answer.ok) return "failed";
    localStorage.setItem(PUSHED + token, endpoint);
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

export async function turnOff(token) {
  const endpoint = localStorage.getItem(PUSHED + token);
  const { ok } = await request("POST", `/api/v1/tickets/${token}/push-off`, { endpoint });
  if (ok) localStorage.removeItem(PUSHED + token);
  return ok;
}
