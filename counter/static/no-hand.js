import { html } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";
import { ActButton } from "./act-button.js";
import { AutoCall } from "./auto-call.js";
import { stopwatch, useSeconds } from "./clock.js";

/**
 * The main place while nobody is in hand: closed, somebody else's, paused, or ready to call.
 *
 * @param {object} props
 * @param {import("./session.js").Session} props.session
 * @param {object} props.page the page's first state
 */
export function NoHand({ session, page }) {
  const { counter } = session.store.get();
  if (session.isTaken()) return html`<${Taken} counter=${counter} />`;
  if (counter.state === "closed") return html`<${Closed} session=${session} />`;
  if (counter.state === "paused") return html`<${Paused} session=${session} page=${page} />`;
  return html`<${Free} session=${session} counter=${counter} page=${page} />`;
}

function Taken({ counter }) {
  return html`<section class="empty">
    <h1>${t("counter.taken_title", { name: counter.official.name })}</h1>
    <p class="quiet">${t("counter.taken_text")}</p>
    <a class="button button--primary button--large" href="/counter?choose=1">${t("counter.change_counter")}</a>
  </section>`;
}

function Closed({ session }) {
  return html`<section class="empty">
    <h1>${t("counter.closed_title")}</h1>
    <p class="quiet">${t("counter.closed_text")}</p>
    <div class="empty__acts"><${ActButton} session=${session} verb="open" kind="primary" key="open" /></div>
  </section>`;
}

function Paused({ session, page }) {
  useSeconds();
  const { counter } = session.store.get();
  const reason = page.pause_reasons.find(({ key }) => key === counter.reason);
  const seconds = (session.now() - Date.parse(counter.since_at)) / 1000;
  return html`<section class="empty empty--paused">
    <p class="empty__clock number">${stopwatch(seconds)}</p>
    <h1>${reason ? name(reason.name) : t("counter.paused_title")}</h1>
    <p class="quiet">${t("counter.paused_text")}</p>
    <div class="empty__acts">
      <${ActButton} session=${session} verb="open" kind="primary" key="open" label=${t("counter.resume_work")} />
      <${ActButton} session=${session} verb="close" key="close" />
    </div>
  </section>`;
}

function Free({ session, counter, page }) {
  const [first] = counter.queue;
  const text = first
    ? t("counter.free_text", { n: counter.waiting, number: first.number, time: time(first.due_at) })
    : t("counter.empty_text");
  return html`<section class="empty">
    <h1>${t(first ? "counter.free_title" : "counter.empty_title")}</h1>
    <p class="quiet">${text}</p>
    <div class="empty__acts">
      <${ActButton} session=${session} verb="next" kind="primary" key="next" />
      <${ActButton} session=${session} verb="pause" key="pause" />
      <${ActButton} session=${session} verb="close" key="close" />
    </div>
    <${AutoCall} session=${session} afterS=${page.auto_call_s} />
  </section>`;
}
