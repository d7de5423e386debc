import { html, useEffect, useMemo, useRef, useState } from "/static/js/html.js";
import { request } from "/static/js/http.js";
import { fold, matchRank } from "/static/js/text.js";
import { language, name, nameLanguage, t } from "/static/js/wording.js";
import { perform } from "./acts.js";
import { Modal } from "./modal.js";

const MOST_SHOWN = 60;

const TARGETS = ["service", "counter", "official"];

/** To another service, counter or official; the visitor keeps number and time of arrival, the receiving side sees why. */
export function TransferDialog({ session }) {
  const [target, setTarget] = useState("service");
  const [reason, setReason] = useState("");
  const { counter } = session.store.get();
  const tab = (kind) => html`<button type="button" class="tab" aria-pressed=${target === kind}
    onClick=${() => setTarget(kind)}>${t(`counter.to_${kind}`)}</button>`;
  const send = (to) => perform(session, "transfer", reason.trim() ? { ...to, reason: reason.trim() } : to);
  return html`<${Modal} isWide title=${t("counter.transfer_title", { number: counter.ticket.number })}
      text=${t("counter.transfer_text")} onClose=${() => session.show(null)}>
    <div class="tabs" role="group" aria-label=${t("counter.transfer")}>${TARGETS.map(tab)}</div>
    <label class="why"><span class="label">${t("counter.transfer_reason")}</span>
      <input class="input" maxlength="200" autocomplete="off" value=${reason} onInput=${(event) => setReason(event.target.value)} />
    </label>
    ${target === "service" && html`<${ServicePicker} key="service" onChoose=${(service) => send({ service })} />`}
    ${target === "counter" && html`<${CounterPicker} key="counter" own=${counter.counter} onChoose=${(to) => send({ counter: to })} />`}
    ${target === "official" && html`<${OfficialPicker} key="official" own=${counter.counter} onChoose=${(official) => send({ official })} />`}
  <//>`;
}

export function AddServiceDialog({ session }) {
  const { number } = session.store.get().counter.ticket;
  return html`<${Modal} isWide title=${t("counter.add_title", { number })} text=${t("counter.add_text")}
      onClose=${() => session.show(null)}>
    <${ServicePicker} onChoose=${(service) => perform(session, "add_service", { service })} />
  <//>`;
}

/** @param {{onChoose: (service: string) => void}} props */
export function ServicePicker({ onChoose }) {
  const answer = useAnswer("/api/v1/services");
  const options = useMemo(() => answer && serviceOptions(answer), [answer]);
  return html`<${Picker} label=${t("counter.search_service")} options=${options} onChoose=${onChoose} />`;
}

function CounterPicker({ own, onChoose }) {
  const answer = useAnswer("/api/v1/counters");
  const options = useMemo(() => answer && counterOptions(answer, own), [answer]);
  return html`<${Picker} label=${t("counter.search_counter")} options=${options} onChoose=${onChoose} />`;
}

function OfficialPicker({ own, onChoose }) {
  const answer = useAnswer("/api/v1/counters");
  const options = useMemo(() => answer && officialOptions(answer, own), [answer]);
  return html`<${Picker} label=${t("counter.search_official")} options=${options} onChoose=${onChoose} />`;
}

/**
 * @typedef {object} Option
 * @property {string | number} value
 * @property {string} title @property {string} [lang] @property {string} detail @property {string} note
 * @property {string} found folded text to search in
 */

/** @param {{label: string, options: Option[] | null, onChoose: (value: string | number) => void}} props */
function Picker({ label, options, onChoose }) {
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

function useAnswer(path) {
  const [answer, setAnswer] = useState(null);
  useEffect(() => {
    let isGone = false;
    request("GET", path).then(({ ok, data }) => !isGone && ok && setAnswer(data));
    return () => void (isGone = true);
  }, [path]);
  return answer;
}

/** @returns {Option[]} */
function serviceOptions({ agencies }) {
  return agencies.flatMap((agency) =>
    agency.services.map((service) => ({
      value: service.key,
      title: name(service.name),
      lang: nameLanguage(service.name),
      detail: name(agency.name),
      note: service.waiting > 0 ? t("counter.waiting_n", { n: service.waiting }) : "",
      found: fold([...Object.values(service.name), name(agency.name, language())].join(" ")),
    })),
  );
}

/** @returns {Option[]} */
function counterOptions({ counters }, own) {
  return counters
    .filter(({ counter }) => counter !== own)
    // A closed counter can be chosen, for an official who is on the way, but is not offered first.
    .sort((one, other) => (one.state === "closed") - (other.state === "closed") || one.counter - other.counter)
    .map((row) => ({
      value: row.counter,
      title: t("counter.counter_n", { n: row.counter }),
      detail: [name(row.zone_name), row.official?.name].filter(Boolean).join(" · "),
      note: t(`counter.state_${row.state}`),
      found: fold(`${row.counter} ${row.official?.name ?? ""} ${name(row.zone_name)}`),
    }));
}

/** @returns {Option[]} those who are at a counter now */
function officialOptions({ counters }, own) {
  return counters
    .filter(({ counter, official }) => counter !== own && official !== null)
    .map((row) => ({
      value: row.official.id,
      title: row.official.name,
      detail: [t("counter.counter_n", { n: row.counter }), name(row.zone_name)].join(" · "),
      note: t(`counter.state_${row.state}`),
      found: fold(`${row.counter} ${row.official.name} ${name(row.zone_name)}`),
    }));
}

function search(options, query) {
  if (query === "") return options;
  return options
    .map((option) => ({ option, rank: matchRank(query, option.found) }))
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ option }) => option);
}
