import { html, useEffect, useMemo, useRef, useState } from "/static/js/html.js";
import { fold, matchRank } from "/static/js/text.js";
import { t } from "/static/js/wording.js";

const MOST_SHOWN = 60;

/**
 * @typedef {object} Option
 * @property {string | number} value
 * @property {string} title @property {string} [lang] @property {string} detail @property {string} note
 * @property {string} found folded text to search in
 */

/**
 * A list to search in and to choose from, by arrows too.
 *
 * @param {{label: string, options: Option[] | null, onChoose: (value: string | number) => void}} props
 */
export function Picker({ label, options, onChoose }) {
  const [query, setQuery] = useState("");
  const input = useRef(null);
  useEffect(() => input.current.focus(), []);
  const found = useMemo(() => search(options ?? [], fold(query)), [options, query]);
  const enter = (event) => {
    if (event.key !== "Enter" || found.length !== 1) return;
    event.preventDefault();
    onChoose(found[0].value);
  };
  return html`<div class="picker" onKeyDown=${moveByArrow}>
    <input class="input" type="text" autofocus ref=${input} value=${query} aria-label=${label} placeholder=${label}
      autocomplete="off" onInput=${(event) => setQuery(event.target.value)} onKeyDown=${enter} />
    <p class="visually-hidden" role="status">${options === null ? t("counter.loading") : found.length}</p>
    <ul class="picker__list">
      ${options === null && html`<li class="quiet picker__none">${t("counter.loading")}</li>`}
      ${options !== null && found.length === 0 && html`<li class="quiet picker__none">${t("counter.nothing_found")}</li>`}
      ${found.slice(0, MOST_SHOWN).map(
        (option) => html`<li key=${option.value}>
          <button type="button" class="picker__option" onClick=${() => onChoose(option.value)}>
            <span class="picker__title" lang=${option.lang}>${option.title}</span>
            <span class="picker__detail">${option.detail}</span>
            <span class="picker__note">${option.note}</span>
          </button>
        </li>`,
      )}
    </ul>
  </div>`;
}

/** Down and up go through the list, and back into the field above it. */
function moveByArrow(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll("input, .picker__option")];
  stops[stops.indexOf(document.activeElement) + step]?.focus();
}

function search(options, query) {
  if (query === "") return options;
  return options
    .map((option) => ({ option, rank: matchRank(query, option.found) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ option }) => option);
}
