import { html, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t } from "/static/js/wording.js";
import { ServicePicker } from "./pickers.js";
import { LanguageChoice, PriorityChoice } from "./reception-fields.js";
import { Result } from "./reception-result.js";

const MOST = 5;

/** Give a visitor a ticket: what for, in which language, with which right, and where the call is told. */
export function IssuePart({ desk, page, state }) {
  const blank = { services: [], category: "", isSeen: false, language: page.languages[0][0], telephone: "", print: true };
  const [wish, setWish] = useState(blank);
  const change = (changes) => setWish((before) => ({ ...before, ...changes }));
  if (state.result) return html`<${Result} desk=${desk} result=${state.result} />`;
  const add = (service) => wish.services.includes(service) || wish.services.length >= MOST || change({ services: [...wish.services, service] });
  const isWhole = wish.services.length > 0 && (!wish.category || wish.isSeen);
  const give = async () => {
    const [service, ...also] = wish.services;
    const isGiven = await desk.issue({
      service,
      also,
      category: wish.category || null,
      language: wish.language,
      telephone: wish.telephone.trim() || null,
      print: wish.print,
    });
    if (isGiven) setWish(blank);
  };
  return html`<h2>${t("reception.part_issue")}</h2>
    <div class="issue">
      <section class="issue__services" aria-label=${t("reception.service")}>
        <${ServicePicker} onChoose=${add} />
      </section>
      <section class="issue__wish card">
        <h3>${t("reception.chosen")}</h3>
        ${wish.services.length === 0 && html`<p class="quiet">${t("reception.choose_service")}</p>`}
        <ol class="issue__chosen">
          ${wish.services.map((key) => html`<li>
            <span>${name(page.services[key] ?? { az: key })}</span>
            <button type="button" class="button" aria-label=${t("reception.remove", { what: name(page.services[key]) })}
              onClick=${() => change({ services: wish.services.filter((each) => each !== key) })}>×</button>
          </li>`)}
        </ol>
        <${PriorityChoice} page=${page} value=${wish.category} isSeen=${wish.isSeen}
          onChange=${(category) => change({ category, isSeen: false })} onSeen=${(isSeen) => change({ isSeen })} />
        <${LanguageChoice} page=${page} value=${wish.language} onChange=${(language) => change({ language })} />
        ${page.tells_calls && html`<div class="field">
          <label for="telephone">${t("reception.telephone")}</label>
          <p class="field__hint" id="telephone-hint">${t("reception.telephone_hint")}</p>
          <input class="input" id="telephone" type="tel" inputmode="tel" maxlength="40" autocomplete="off" aria-describedby="telephone-hint"
            value=${wish.telephone} onInput=${(event) => change({ telephone: event.target.value })} />
        </div>`}
        <label class="seen"><input type="checkbox" checked=${wish.print} onChange=${(event) => change({ print: event.target.checked })} />
          <span>${t("reception.print")}</span></label>
        <${OnceButton} class="button button--primary button--large button--wide" data-verb="issue" disabled=${!isWhole} onTap=${give}>${t("reception.give")}<//>
      </section>
    </div>`;
}
