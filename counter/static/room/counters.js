import { html, useEffect, useState } from "/static/js/html.js";
import { name, t } from "/static/js/wording.js";
import { CounterActs } from "./counter-acts.js";

/** Who is at which counter, doing what since when; a tap opens what can be done there. */
export function Counters({ watch, page }) {
  const { room } = watch.store.get();
  const [chosen, choose] = useState(null);
  const zones = Map.groupBy ? Map.groupBy(room.counters, (each) => each.zone) : group(room.counters);
  const counter = chosen && room.counters.find((each) => each.counter === chosen.counter);
  const isStill = counter && counter.official?.id === chosen.official.id;
  const open = (seat) => {
    watch.store.update({ refused: null });
    choose(seat);
  };
  useEffect(() => {
    // A colleague's act took away what the dialog was opened for; this page's own acts close it first.
    if (!chosen || isStill) return;
    watch.explain(chosen);
    choose(null);
  });
  return html`<section class="card room__card" aria-labelledby="counters-title">
    <h2 id="counters-title">${t("room.counters")}</h2>
    ${[...zones].map(([zone, counters]) => html`<div key=${zone}>
      <h3>${name(counters[0].zone_name)}</h3>
      <ul class="seats">
        ${counters.filter(isManned).map((each) => html`<li key=${each.counter}><${Seat} counter=${each} watch=${watch} page=${page} onChoose=${() => open({ counter: each.counter, official: each.official })} /></li>`)}
      </ul>
      <${Closed} counters=${counters.filter((each) => !isManned(each))} />
    </div>`)}
    ${isStill && html`<${CounterActs} counter=${counter} watch=${watch} onClose=${() => choose(null)} />`}
  </section>`;
}

/** Counters that nobody is at: their numbers suffice. */
function Closed({ counters }) {
  if (counters.length === 0) return null;
  return html`<p class="closed quiet">${t("room.state_closed")}: <span class="number">${counters.map((each) => each.counter).join(", ")}</span></p>`;
}

function isManned(counter) {
  return counter.official !== null;
}

function Seat({ counter, watch, page, onChoose }) {
  const minutes = counter.since_at ? watch.minutesSince(counter.since_at) : null;
  const state = counter.ticket_state ?? counter.state;
  const inside = html`<span class="seat__number number">${counter.counter}</span>
    <span class="seat__text">
      <span class="seat__state">${stateWords(counter, page)}</span>
      ${counter.official && html`<span class="seat__who">${counter.official.name}</span>`}
      ${minutes !== null && counter.official && html`<span class="seat__since">${t("room.minutes", { n: minutes })}</span>`}
    </span>`;
  if (!watch.mayAct || !counter.official) return html`<div class="seat" data-state=${state}>${inside}</div>`;
  return html`<button type="button" class="seat" data-state=${state} onClick=${onChoose}>${inside}</button>`;
}

function stateWords(counter, page) {
  if (counter.number) return `${counter.number} · ${t(`room.state_${counter.ticket_state}`)}`;
  if (counter.state === "paused") return name(page.pause_reasons[counter.reason]) || t("room.state_paused");
  return t(`room.state_${counter.state}`);
}

function group(counters) {
  const zones = new Map();
  for (const each of counters) zones.set(each.zone, [...(zones.get(each.zone) ?? []), each]);
  return zones;
}
