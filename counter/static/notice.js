import { html } from "/static/js/html.js";
import { t, time } from "/static/js/wording.js";

/** What the official must know now: no connection, a refusal, an answer that never came. */
export function Notice({ session }) {
  const { isLive, heardAt, notice } = session.store.get();
  return html`<div class="notices">
    <div role="status">
      ${!isLive &&
      html`<p class="offline offline--wide"><strong>${t("counter.offline_title")}</strong>
        ${t("counter.offline_text", { time: time(new Date(heardAt)) })}</p>`}
      ${notice && notice.kind !== "bad" && html`<${Told} session=${session} notice=${notice} />`}
    </div>
    <div role="alert">${notice?.kind === "bad" && html`<${Told} session=${session} notice=${notice} />`}</div>
  </div>`;
}

function Told({ session, notice }) {
  return html`<div class=${`notice notice--${notice.kind} told`}>
    <p>${notice.text ?? t(notice.key)}</p>
    ${notice.href && html`<a class="button" href=${notice.href}>${t("counter.sign_in")}</a>`}
    ${notice.retry && html`<button type="button" class="button" onClick=${notice.retry}>${t("counter.retry")}</button>`}
    <button type="button" class="button told__close" aria-label=${t("counter.dismiss")} onClick=${() => session.dismiss()}>×</button>
  </div>`;
}
