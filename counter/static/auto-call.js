import { html, useEffect, useState } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { perform } from "./acts.js";

const KEPT = "navbat.auto-call";

/**
 * Whoever wishes it has the next visitor called after a moment; the wish stays with this machine.
 *
 * @param {object} props
 * @param {import("./session.js").Session} props.session
 * @param {number} props.afterS
 */
export function AutoCall({ session, afterS }) {
  const [isOn, setOn] = useState(localStorage.getItem(KEPT) === "on");
  const [leftS, setLeft] = useState(afterS);
  const { counter } = session.store.get();
  const mayCall = isOn && counter.waiting > 0 && session.can("next");
  useEffect(() => {
    setLeft(afterS);
    if (!mayCall) return undefined;
    const until = Date.now() + afterS * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      setLeft(Math.max(left, 0));
      if (left > 0 || document.querySelector("dialog[open]")) return;
      clearInterval(timer);
      perform(session, "next");
    }, 250);
    return () => clearInterval(timer);
  }, [mayCall, counter.ticket?.id]);
  const choose = (event) => {
    localStorage.setItem(KEPT, event.target.checked ? "on" : "off");
    setOn(event.target.checked);
  };
  return html`<div class="auto">
    <label><input type="checkbox" checked=${isOn} onChange=${choose} /> ${t("counter.auto_call", { n: afterS })}</label>
    ${mayCall && html`<p class="auto__left number" role="timer">${t("counter.auto_call_in", { n: leftS })}</p>`}
  </div>`;
}
