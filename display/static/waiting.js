import { html, useEffect, useLayoutEffect, useRef, useState } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { name, nameLanguage, t } from "/static/js/wording.js";

const page = readJson("state");
const STEP_MIN = 5;
const HOURS_FROM_MIN = 180;

/**
 * How many wait for what, and how long that takes; page after page where they do not all fit.
 *
 * @param {object} props
 * @param {object} props.board
 * @param {{code: string, turn: number}} props.spoken
 */
export function Waiting({ board, spoken }) {
  const { code, turn } = spoken;
  const rows = rowsOf(board.waiting);
  const total = rows.reduce((sum, { waiting }) => sum + waiting, 0);
  const [box, perPage] = useFit(rows.length);
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  const shown = turn % pages;
  return html`<section class="waiting" lang=${code}>
    <h2 class="waiting__title">${t("display.waiting", {}, code)} ${total > 0 && html`<span class="waiting__total number">${total}</span>`}</h2>
    <ul class="waiting__list" ref=${box}>
      ${rows.length === 0 && html`<li class="waiting__none">${t("display.nobody_waiting", {}, code)}</li>`}
      ${rows.slice(shown * perPage, (shown + 1) * perPage).map(
        (row) => html`<li class="waiting__row" key=${row.key}>
          <span class="waiting__name" lang=${nameLanguage(row.name, code)}>${name(row.name, code)}</span>
          <span class="waiting__count number">${row.waiting}</span>
          <span class="waiting__wait">${interval(row.wait, code)}</span>
        </li>`,
      )}
    </ul>
    ${pages > 1 &&
    html`<p class="waiting__pages" aria-hidden="true">
      ${Array.from({ length: pages }, (_, page) => html`<span data-on=${page === shown ? "yes" : undefined}></span>`)}
    </p>`}
  </section>`;
}

/** One row for each agency, group of services or service, as the display is set. */
function rowsOf(waiting) {
  const some = waiting.filter((row) => row.waiting > 0);
  const rows = new Map();
  for (const row of some) {
    const [key, names] = summedBy(row);
    const sum = rows.get(key) ?? { key, name: names, waiting: 0, wait: null };
    rows.set(key, { ...sum, waiting: sum.waiting + row.waiting, wait: union(sum.wait, row.wait) });
  }
  return [...rows.values()].sort((one, other) => other.waiting - one.waiting || (one.key < other.key ? -1 : 1));
}

function summedBy(row) {
  if (page.waiting_by === "agency") return [row.agency, row.agency_name];
  if (page.waiting_by === "group") return [row.group, page.groups[row.group]];
  return [row.service, row.name];
}

/** The interval that holds both: what is true for every service of an agency. */
function union(one, other) {
  if (!one || !other) return one ?? other;
  return { low_s: Math.min(one.low_s, other.low_s), high_s: Math.max(one.high_s, other.high_s) };
}

/** Rounded outward to five minutes: an estimate must not look more exact than it is. */
function interval(wait, code) {
  if (!wait) return "";
  const low = Math.floor(wait.low_s / 60 / STEP_MIN) * STEP_MIN;
  const high = Math.max(1, Math.ceil(wait.high_s / 60 / STEP_MIN)) * STEP_MIN;
  if (high > HOURS_FROM_MIN) return hours(low, high, code);
  return low > 0 ? t("display.wait_minutes", { low, high }, code) : t("display.wait_short", { high }, code);
}

function hours(lowMin, highMin, code) {
  const [low, high] = [Math.floor(lowMin / 60), Math.ceil(highMin / 60)];
  return low > 0 ? t("display.wait_hours", { low, high }, code) : t("display.wait_hours_short", { high }, code);
}

/** Count the rows that the panel has room for; all rows are equally high. */
function useFit(count) {
  const box = useRef(null);
  const [perPage, setPerPage] = useState(5);
  const measure = () => {
    const row = box.current?.querySelector(".waiting__row");
    if (!row) return;
    const lines = Math.max(1, Math.floor((box.current.clientHeight + 1) / row.getBoundingClientRect().height));
    setPerPage(lines * columnsOf(box.current));
  };
  useLayoutEffect(measure, [count > 0]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, perPage];
}

/** On a board of two columns the waiting stand side by side. */
function columnsOf(list) {
  const { display, gridTemplateColumns } = getComputedStyle(list);
  return display === "grid" ? gridTemplateColumns.split(" ").length : 1;
}
