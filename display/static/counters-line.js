import { html } from "/static/js/html.js";
import { name, t, time } from "/static/js/wording.js";

/**
 * The counters that are not there now: those that pause, and until when; those that are closed, as spans of numbers.
 *
 * @param {object} props
 * @param {object} props.board
 * @param {{code: string, turn: number}} props.spoken
 * @param {{key: string, name: Record<string, string>}[]} props.reasons of pauses, as the public may read them
 */
export function CountersLine({ board, spoken, reasons }) {
  const { code, turn } = spoken;
  const parts = [...paused(board.counters, reasons, code), ...closed(board, code)];
  if (parts.length === 0) return html`<p>${t("display.watch", {}, code)}</p>`;
  // What does not fit side by side comes in turn, as the languages do.
  const pages = Math.ceil(parts.length / SIDE_BY_SIDE);
  const from = (turn % pages) * SIDE_BY_SIDE;
  return html`<ul class="absent" lang=${code}>
    ${parts.slice(from, from + SIDE_BY_SIDE).map(({ key, numbers, text }) => html`<li key=${key}>
      <strong class="number">${numbers}</strong> ${text}
    </li>`)}
  </ul>`;
}

const SIDE_BY_SIDE = 3;

/** One entry for each reason and time: "18, 20  Lunch, until 14:00". */
function paused(counters, reasons, code) {
  const groups = new Map();
  for (const row of counters) {
    if (row.state !== "paused" || row.number) continue;
    const key = `${row.reason}/${row.until}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.entries()].map(([key, rows]) => {
    const reason = reasons.find((each) => each.key === rows[0].reason);
    const text = reason ? name(reason.name, code) : t("display.paused", {}, code);
    return { key, numbers: spans(rows), text: withUntil(text, rows[0].until, code) };
  });
}

function closed({ counters }, code) {
  const rows = counters.filter(({ state, number }) => state === "closed" && !number);
  // Of a hall in which nobody works yet the list would only be long.
  if (rows.length === 0 || rows.length === counters.length) return [];
  return [{ key: "closed", numbers: spans(rows), text: withUntil(t("display.closed", {}, code), rows[0].until, code) }];
}

function withUntil(text, until, code) {
  return until ? t("display.absent_until", { text, time: time(until, code) }, code) : text;
}

/** Write numbers as people do: 1–4, 7. */
function spans(rows) {
  const found = [];
  for (const { counter } of rows) {
    const last = found.at(-1);
    if (last && last[1] === counter - 1) last[1] = counter;
    else found.push([counter, counter]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`)).join(", ");
}
