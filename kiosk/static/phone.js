/** The ticket's page, live: the same as the server drew, again after each change. */
import { html, render, useEffect, useState } from "../../static/js/html.js";
import { newKey, request } from "../../static/js/http.js";
import { readJson } from "../../static/js/state.js";
import { createStore, useStore } from "../../static/js/store.js";
import { language, t, time } from "../../static/js/wording.js";
import { Cancel, Counter, Place, Rate, Sound, Things, Wait, Where, Why } from "./phone-parts.js";

const POLL_MS = 10_000;
const STALE_MS = 60_000;

const { ticket: first } = readJson("state");
const store = createStore({ ticket: first, isLive: true, seenAt: Date.now(), hasSound: false, hasFailed: false });
const address = `/api/v1/tickets/${first.token}`;

function Page() {
  const { ticket, isLive, seenAt, hasSound, hasFailed } = useStore(store);
  const isStill = ["waiting", "called", "held"].includes(ticket.state);
  return html`
    <${Offline} isLive=${isLive} seenAt=${seenAt} />
    <${Place} ticket=${ticket} />
    ${ticket.state === "waiting" && html`<${Wait} ticket=${ticket} />`}
    ${["called", "serving"].includes(ticket.state) && html`<${Counter} ticket=${ticket} />`}
    ${["held", "served", "no_show", "cancelled", "expired"].includes(ticket.state) &&
    html`<p class="panel">${t(`phone.help_${ticket.state}`)}</p>`}
    <${Rate} ticket=${ticket} />
    <${Why} ticket=${ticket} />
    ${isStill &&
    html`<a class="door" href=${`/tickets/${ticket.token}.pdf`}>${t("phone.pdf")}</a>
      ${ticket.state !== "called" &&
      html`<${Sound} hasSound=${hasSound} onAllow=${allow} />
        <${Where} ticket=${ticket} />`}
      <${Things} ticket=${ticket} />
      <${Cancel} hasFailed=${hasFailed} onCancel=${cancel} />`}
    <p class="updated quiet small">${t("phone.updated", { time: time(new Date(seenAt)) })}</p>
  `;
}

/** Without a connection the last state stays, and says how old it is. */
function Offline({ isLive, seenAt }) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (isLive) return html`<p class="visually-hidden" role="status"></p>`;
  const minutes = Math.floor((Date.now() - seenAt) / STALE_MS);
  return html`<p class="offline" role="status">
    ${minutes < 1 ? t("phone.offline", { time: time(new Date(seenAt)) }) : t("phone.offline_min", { n: minutes })}
  </p>`;
}

function show(ticket) {
  const before = store.get().ticket;
  store.update({ ticket, seenAt: Date.now() });
  const isCall = ticket.state === "called" && (before.state !== "called" || ticket.call_count > before.call_count);
  if (isCall) announce();
  retitle(ticket);
}

async function announce() {
  navigator.vibrate?.([400, 150, 400, 150, 400]);
  if (!store.get().hasSound) return;
  const { chime } = await import("../../static/js/chime.js");
  await chime(0.8);
  await chime(0.8);
}

async function allow() {
  const { allowSound, chime } = await import("../../static/js/chime.js");
  const hasSound = await allowSound();
  store.update({ hasSound });
  if (hasSound) chime(0.4);
}

async function cancel() {
  const answer = await request("POST", `${address}/cancel`, {}, { key: newKey() });
  if (answer.ok) show(answer.data);
  store.update({ hasFailed: !answer.ok });
}

function retitle(ticket) {
  document.title =
    ticket.state === "called"
      ? t("phone.title_called", { counter: ticket.counter, number: ticket.number })
      : t("phone.title", { number: ticket.number });
}

/** The socket comes after the first view; until it is there, and whenever it is not, the page asks. */
async function follow() {
  const { connect, poll } = await import("../../static/js/socket.js");
  const ask = () =>
    poll(address, POLL_MS, ({ ok, status, data }) => {
      if (ok) show(data);
      if (ok || status === 0) store.update({ isLive: ok });
    });
  let stopAsking = ask();
  connect("/ticket", {
    auth: { token: first.token },
    on: { ticket: show },
    onLive: (isLive) => {
      stopAsking();
      stopAsking = isLive ? () => {} : ask();
      if (isLive) store.update({ isLive: true });
    },
  });
}

addEventListener("offline", () => store.update({ isLive: false }));
retitle(first);
render(html`<${Page} />`, document.getElementById("app"));
document.documentElement.dataset.drawn = language();
follow();
