import uPlot from "uplot";
import { html, useEffect, useRef } from "/static/js/html.js";
import { t } from "/static/js/wording.js";

const HEIGHT_PX = 170;

/** This day beside the usual one: how many came, and how long they waited. */
export function Flow({ watch }) {
  const { flow } = watch.store.get();
  if (flow === null) return null;
  const hours = span(flow);
  return html`<section class="card room__card" aria-labelledby="flow-title">
    <h2 id="flow-title">${flow.days > 0 ? t("room.flow", { n: flow.days }) : t("room.flow_today")}</h2>
    <div class="flow">
      <${Chart} title=${t("room.flow_came")} at=${flow.at} hours=${hours} today=${flow.came.today} usual=${flow.came.usual} />
      <${Chart} title=${t("room.flow_waited")} at=${flow.at} hours=${hours} today=${flow.waited_s.today.map(minutes)} usual=${flow.waited_s.usual.map(minutes)} />
    </div>
    <details>
      <summary>${t("room.flow_table")}</summary>
      <${Table} flow=${flow} hours=${hours} />
    </details>
  </section>`;
}

function Chart({ title, at, hours, today, usual }) {
  const place = useRef(null);
  const chart = useRef(null);
  const slots = hours.map((slot) => slot / 2);
  const data = [slots, hours.map((slot) => usual[slot] ?? null), hours.map((slot) => today[slot] ?? null)];
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const color = (role) => style.getPropertyValue(role).trim();
    const make = () => {
      chart.current?.destroy();
      chart.current = new uPlot(options(place.current.clientWidth, color), data, place.current);
    };
    make();
    const watching = new ResizeObserver(make);
    watching.observe(place.current);
    return () => {
      watching.disconnect();
      chart.current.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(data));
  return html`<figure>
    <figcaption>${title}
      <span class="flow__key" data-line="today">${t("room.flow_key_today")}</span>
      <span class="flow__key" data-line="usual">${t("room.flow_key_usual")}</span>
    </figcaption>
    <div ref=${place} aria-hidden="true"></div>
  </figure>`;
}

function options(width, color) {
  const axis = { stroke: color("--color-text-quiet"), grid: { stroke: color("--color-line"), width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_chart, _low, high) => [0, Math.max(high ?? 0, 1) * 1.1] } },
    axes: [{ ...axis, values: (_chart, hours) => hours.map((hour) => `${hour}`) }, { ...axis, size: 40 }],
    series: [
      {},
      { stroke: color("--color-line-strong"), width: 2, dash: [6, 5], points: { show: false }, spanGaps: true },
      { stroke: color("--color-action"), width: 3, points: { show: false } },
    ],
  };
}

/** The same figures for whoever reads rather than looks. */
function Table({ flow, hours }) {
  return html`<table class="room-table">
    <thead><tr>
      <th scope="col">${t("room.flow_time")}</th>
      <th scope="col" class="room-table__figure">${t("room.flow_came")}</th>
      <th scope="col" class="room-table__figure">${t("room.flow_came")}, ${t("room.flow_key_usual")}</th>
      <th scope="col" class="room-table__figure">${t("room.flow_waited")}</th>
      <th scope="col" class="room-table__figure">${t("room.flow_waited")}, ${t("room.flow_key_usual")}</th>
    </tr></thead>
    <tbody>${hours.map((slot) => html`<tr key=${slot}>
      <th scope="row" class="number">${flow.at[slot]}</th>
      ${[flow.came.today[slot], flow.came.usual[slot], minutes(flow.waited_s.today[slot]), minutes(flow.waited_s.usual[slot])].map(
        (figure) => html`<td class="room-table__figure number">${figure ?? "–"}</td>`,
      )}
    </tr>`)}</tbody>
  </table>`;
}

/** The half hours between the first and the last visitor of either day, but at least a few. */
function span(flow) {
  const busy = flow.at.map((_, slot) => slot).filter((slot) => flow.came.today[slot] > 0 || flow.came.usual[slot] > 0);
  const first = Math.min(busy[0] ?? 18, 18);
  const last = Math.max(busy.at(-1) ?? 36, first + 8);
  return flow.at.map((_, slot) => slot).filter((slot) => slot >= first && slot <= last);
}

function minutes(seconds) {
  return seconds === null || seconds === undefined ? null : Math.round(seconds / 6) / 10;
}
