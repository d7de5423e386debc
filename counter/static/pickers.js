import { html, useEffect, useMemo, useState } from "/static/js/html.js";
import { request } from "/static/js/http.js";
import { fold } from "/static/js/text.js";
import { language, name, nameLanguage, t } from "/static/js/wording.js";
import { perform } from "./acts.js";
import { Modal } from "./modal.js";
import { Picker } from "./picker.js";

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

function useAnswer(path) {
  const [answer, setAnswer] = useState(null);
  useEffect(() => {
    let isGone = false;
    request("GET", path).then(({ ok, data }) => !isGone && ok && setAnswer(data));
    return () => void (isGone = true);
  }, [path]);
  return answer;
}

/** @returns {import("./picker.js").Option[]} */
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

/** @returns {import("./picker.js").Option[]} */
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

/** @returns {import("./picker.js").Option[]} those who are at a counter now */
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
