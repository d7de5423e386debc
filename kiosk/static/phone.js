/** The ticket's page, live: the same as the server drew, again after each change. */
import { html, render, useEffect, useState } from "../../static/js/html.js";
import { newKey, request } from "../../static/js/http.js";
import { readJson } from "../../static/js/state.js";
import { createStore, useStore } from "../../static/js/store.js";
import { language, t, time } from "../../static/js/wording.js";
import { Away, Push } from "./phone-acts.js";
import { forget, recall, remember } from "./phone-memory.js";
import { Cancel, Counter, Doors, Place, Rate, Sound, Things, Visit, Wait, Where } from "./phone-parts.js";

const POLL_MS = 10_000;
const A_MINUTE_MS = 60_000;
const REDRAW_MS = 15_000;

const page = readJson("state");
const { token } = page.ticket;
const address = `/api/v1/tickets/${token}`;
const store = createStore({ ...begin(), hasSound: false, hasFailed: false });

/** A page that the service worker kept is an old one: it shows the last that this phone has seen, and its age. */
function begin() {
  const keptAt = Number(document.documentElement.dataset.keptAt ?? 0);
  if (!keptAt) return { ticket: page.ticket, seenAt: Date.now(), isLive: true };
  const last = recall(token);
  const seen = last && last.seenAt > keptAt ? last : { ticket: page.ticket, seenAt: keptAt };
  return { ...seen, isLive: false };
}

function Page() {
  const { ticket, isLive, seenAt, hasSound, hasFailed } = useStore(store);
  const isStill = ["waiting", "called", "held"].includes(ticket.state);
  return html`
    <${Offline} isLive=${isLive} seenAt=${seenAt} />
    <${Place} ticket=${ticket} />
    ${ticket.state === "waiting" && html`<${Wait} ticket=${ticket} />`}
    ${["called", "serving"].includes(ticket.state) && html`<${Counter} ticket=${ticket} />`}
    <${Away} ticket=${ticket} isHere=${page.here} penalty=${page.penalty} onBack=${back} />
    <${Rate} ticket=${ticket} />
    <${Visit} ticket=${ticket} />
    ${isStill && ticket.state !== "called" && html`<${Sound} hasSound=${hasSound} onAllow=${allow} />`}
    ${isStill && page.push && html`<${Push} ticket=${ticket} pushKey=${page.push} />`}
    <${Doors} ticket=${ticket} />
    ${isStill &&
    html`${ticket.state !== "called" && html`<${Where} ticket=${ticket} />`}
      <${Things} ticket=${ticket} />
      <${Cancel} hasFailed=${hasFailed} onCancel=${cancel} />`}
    <p class="updated quiet small">
      ${t("phone.updated", { time: time(new Date(seenAt)) })} · ${t("phone.code", { code: ticket.code })}
    </p>
  `;
}

/** Without a connection the last state stays, and says how old it is. */
function Offline({ isLive, seenAt }) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  if (isLive) return html`<p class="visually-hidden" role="status"></p>`;
  const minutes = Math.floor((Date.now() - seenAt) / A_MINUTE_MS);
  return html`<p class="offline" role="status">
    ${minutes < 1 ? t("phone.offline", { time: time(new Date(seenAt)) }) : t("phone.offline_min", { n: minutes })}
  </p>`;
}

function show(ticket) {
  const before = store.get().ticket;
  const seenAt = Date.now();
  store.update({ ticket, seenAt });
  remember(ticket, seenAt);
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

const cancel = () => act("cancel");
const back = () => act("rejoin");

async function act(verb) {
  const answer = await request("POST", `${address}/${verb}`, {}, { key: newKey() });
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
  const hear = ({ ok, status, data }) => {
    if (ok) show(data);
    if (ok || status === 0) store.update({ isLive: ok });
  };
  const ask = () => poll(address, POLL_MS, hear);
  let stopAsking = ask();
  if (!store.get().isLive) request("GET", address).then(hear);
  connect("/ticket", {
    auth: { token },
    on: { ticket: show },
    onLive: (isLive) => {
      stopAsking();
      stopAsking = isLive ? () => {} : ask();
      if (isLive) store.update({ isLive: true });
    },
  });
}

addEventListener("offline", () => store.update({ isLive: false }));
const { ticket: first, seenAt: firstSeenAt } = store.get();
retitle(first);
remember(first, firstSeenAt);
forget();
render(html`<${Page} />`, document.getElementById("app"));
document.documentElement.dataset.drawn = language();
follow();
addEventListener("load", () => import("./phone-keeping.js"));
if (document.readyState === "complete") import("./phone-keeping.js");
