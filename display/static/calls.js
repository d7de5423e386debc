import { html, useEffect, useRef, useState } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { Arrow } from "./arrow.js";
import { keyOf } from "./hall.js";

const PORTRAIT = matchMedia("(orientation: portrait)");
const ROWS = { portrait: 7, landscape: 5 };

/** The last calls, newest on top: number, counter, arrow. */
export function Calls({ board, code }) {
  const rows = useRows();
  const [newest] = board.calls;
  // What stood on the board when it was opened is not new, and does not fade in.
  const known = useRef(null);
  known.current ??= new Set(board.calls.map(keyOf));
  return html`<section class="calls" lang=${code} aria-label=${t("display.calls", {}, code)}>
    <div class="calls__head" aria-hidden="true">
      <span>${t("display.number", {}, code)}</span><span>${t("display.counter", {}, code)}</span><span></span>
    </div>
    ${newest
      ? html`<ol class="calls__list">
          ${board.calls.slice(0, rows).map((call) => html`<${Call} key=${keyOf(call)} call=${call} code=${code} isNew=${!known.current.has(keyOf(call))} />`)}
        </ol>`
      : html`<div class="calls__none">
          <p>${t("display.no_calls", {}, code)}</p>
          <p class="quiet">${t("display.no_calls_text", {}, code)}</p>
        </div>`}
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

function said({ number, counter, arrow }, code) {
  const where = arrow && arrow !== "none" ? `, ${t(`display.arrow_${arrow}`, {}, code)}` : "";
  return t("display.call_spoken", { number, counter }, code) + where;
}

function useRows() {
  const [isPortrait, setPortrait] = useState(PORTRAIT.matches);
  useEffect(() => {
    const turn = () => setPortrait(PORTRAIT.matches);
    PORTRAIT.addEventListener("change", turn);
    return () => PORTRAIT.removeEventListener("change", turn);
  }, []);
  return isPortrait ? ROWS.portrait : ROWS.landscape;
}
