import { html, useId } from "/static/js/html.js";
import { name, t } from "/static/js/wording.js";

/** @param {{label: string, value: string, onChange: (value: string) => void, children: any}} props a list to choose from */
export function Choice({ label, value, onChange, children }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select class="input" id=${id} value=${value} onChange=${(event) => onChange(event.target.value)}>${children}</select>
  </div>`;
}

/** Languages as those who speak them name them; first none, which is the state's. */
export function LanguageChoice({ page, value, onChange }) {
  return html`<${Choice} label=${t("reception.language")} value=${value} onChange=${onChange}>
    ${page.languages.map(([code, own]) => html`<option value=${code} lang=${code} selected=${code === value}>${own}</option>`)}
  <//>`;
}

/** Whom the law puts forward, and what is looked at; the tick says that it was seen. */
export function PriorityChoice({ page, value, isSeen, onChange, onSeen, withNone = true }) {
  const chosen = page.categories.find((each) => each.key === value);
  return html`<${Choice} label=${t("reception.priority")} value=${value} onChange=${onChange}>
      ${withNone && html`<option value="" selected=${!value}>${t("reception.no_priority")}</option>`}
      ${!withNone && !value && html`<option value="" selected disabled>–</option>`}
      ${page.categories.map((each) => html`<option value=${each.key} selected=${each.key === value}>${name(each.name)}</option>`)}
    <//>
    ${chosen && html`<label class="seen">
      <input type="checkbox" checked=${isSeen} onChange=${(event) => onSeen(event.target.checked)} />
      <span>${t("reception.evidence_seen", { what: name(chosen.evidence) })}<small>${name(chosen.legal_reference)}</small></span>
    </label>`}`;
}
