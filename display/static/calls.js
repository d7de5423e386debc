import { html, useEffect, useLayoutEffect, useReducer, useRef, useState } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { Arrow } from "./arrow.js";
import { Entrance } from "./entrance.js";
import { keyOf } from "./hall.js";
import { fitCalls, readableM, readablePx } from "./layout.js";
import { Playlist } from "./playlist.js";
import { useEverySecond } from "./ticking.js";

const PORTRAIT = matchMedia("(orientation: portrait)");
const MOST_LINES = { portrait: 7, landscape: 5 };

/**
 * The last calls, newest on top: number, counter, arrow.
 *
 * @param {object} props
 * @param {import("./hall.js").Hall} props.hall
 * @param {object} props.board
 * @param {string} props.code
 * @param {object} props.page the page's state: display, settings, playlist
 * @param {(farM: number | null) => void} props.onFit told from how far the numbers can be read, where that is too near
 */
export function Calls({ hall, board, code, page, onFit }) {
  useEverySecond();
  const entrance = useEntrance(hall, page.settings);
  const [box, layout] = useLayout(board, page.display);
  const all = entrance.admit(held(board.calls, hall.now(), page.settings.hold_s));
  const calls = all.slice(0, layout.rows);
  const earlier = all.slice(layout.rows, layout.rows + layout.earlier);
  const [newest] = calls;
  const isQuiet = (page.playlist ?? []).length > 0 && entrance.quietMs() > page.settings.quiet_s * 1000;
  const room = roomForPlaylist({ calls, layout, columns: page.display.columns, isQuiet });
  const sizes = {
    "--number-size": `${layout.numberPx}px`,
    "--first-size": `${layout.firstPx}px`,
    "--first-line": `${layout.firstLinePx}px`,
    "--lines": layout.lines - 1,
    "--counter-em": layout.counterEm,
    "--earlier": `${layout.earlierPx}px`,
    "--earlier-count": layout.earlier,
  };
  useEffect(() => onFit(layout.farM), [layout.farM]);
  return html`<section class="calls" data-columns=${page.display.columns} style=${sizes} lang=${code} aria-label=${t("display.calls", {}, code)}>
    <div class="calls__head" aria-hidden="true">
      <span>${t("display.number", {}, code)}</span><span>${t("display.counter", {}, code)}</span><span></span>
    </div>
    <div class="calls__box" ref=${box}>
      ${newest &&
      html`<ol class="calls__list">
        ${calls.slice(0, room.kept).map((call) => html`<${Call} key=${keyOf(call)} call=${call} code=${code} isNew=${entrance.isNew(call)} />`)}
      </ol>`}
      ${earlier.length > 0 && !room.isFree &&
      html`<ol class="earlier" aria-label=${t("display.earlier", {}, code)}>
        ${earlier.map((call) => html`<${Earlier} key=${keyOf(call)} call=${call} code=${code} />`)}
      </ol>`}
      ${!newest && !room.isFree &&
      html`<div class="calls__none">
        <p>${t("display.no_calls", {}, code)}</p>
        <p class="quiet">${t("display.no_calls_text", {}, code)}</p>
      </div>`}
      ${room.isFree && html`<${Playlist} page=${page} keptLines=${room.keptLines} layout=${layout} />`}
    </div>
    <p class="visually-hidden" role="status">${newest && said(newest, code)}</p>
  </section>`;
}

function Call({ call, code, isNew }) {
  return html`<li class="call" data-state=${call.state} data-new=${isNew ? "yes" : undefined} aria-label=${said(call, code)}>
    <span class="call__number number" aria-hidden="true">${call.number}</span>
    <span class="call__counter number" aria-hidden="true">${call.counter}</span>
    <span class="call__arrow" aria-hidden="true"><${Arrow} to=${call.arrow} /></span>
  </li>`;
}

/** A call that is no longer among the large ones, for who comes nearer. */
function Earlier({ call, code }) {
  return html`<li class="earlier__call" data-state=${call.state} aria-label=${said(call, code)}>
    <span class="number" aria-hidden="true">${call.number}</span>
    <span class="earlier__counter number" aria-hidden="true">${call.counter}</span>
  </li>`;
}

function said({ number, counter, arrow }, code) {
  const where = arrow && arrow !== "none" ? `, ${t(`display.arrow_${arrow}`, {}, code)}` : "";
  return t("display.call_spoken", { number, counter }, code) + where;
}

/** Leave out what was called too long ago; whoever is still awaited stays. */
function held(calls, now, holdS) {
  return calls.filter(({ state, called_at: at }) => state === "called" || now - Date.parse(at) < holdS * 1000);
}

/** The playlist takes the rows below those who are still awaited, while it is quiet; a call takes them back at once. */
function roomForPlaylist({ calls, layout, columns, isQuiet }) {
  const awaited = calls.findLastIndex(({ state }) => state === "called") + 1;
  const keptLines = calls.length === 0 ? 0 : 1 + Math.ceil(Math.max(0, awaited - 1) / columns);
  const isFree = isQuiet && layout.lines - keptLines >= 2;
  return { isFree, keptLines, kept: isFree ? Math.max(0, 1 + (keptLines - 1) * columns) : layout.rows };
}

function useEntrance(hall, settings) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  const kept = useRef(null);
  kept.current ??= new Entrance({ hall, apartMs: settings.apart_s * 1000, redraw });
  useEffect(() => () => kept.current.close(), []);
  return kept.current;
}

/** Measure the room for calls, and choose how many rows stand in it. */
function useLayout(board, display) {
  const box = useRef(null);
  const [size, setSize] = useState({ width: 1200, height: 700 });
  const measure = () => {
    if (!box.current) return; // another picture stands here now
    const { clientWidth: width, clientHeight: height } = box.current;
    if (width > 0 && (width !== size.width || height !== size.height)) setSize({ width, height });
  };
  useLayoutEffect(measure);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  });
  const view = { width: innerWidth, height: innerHeight };
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const neededPx = readablePx(display, view);
  const layout = fitCalls({
    box: size,
    columns: display.columns,
    most: PORTRAIT.matches ? MOST_LINES.portrait : MOST_LINES.landscape,
    signs: Math.max(4, ...board.calls.map(({ number }) => number.length)),
    digits: Math.max(2, ...board.counters.map(({ counter }) => String(counter).length)),
    gap: 0.75 * rem,
    neededPx,
  });
  return [box, { ...layout, gapPx: 0.75 * rem, farM: layout.fits ? null : readableM(layout.numberPx, display.screen_mm, view) }];
}
