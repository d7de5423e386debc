import { html, useEffect, useRef, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { t } from "/static/js/wording.js";
import { Modal } from "./modal.js";
import { ServicePicker } from "./pickers.js";
import { Choice, LanguageChoice, PriorityChoice } from "./reception-fields.js";
import { TicketFacts } from "./reception-ticket.js";

/** Find a ticket of today, and mend what the visitor asks for. */
export function FindPart({ desk, page, state }) {
  const [wanted, setWanted] = useState("");
  const [dialog, show] = useState(null);
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    if (wanted.trim()) desk.find(wanted.trim());
  };
  return html`<h2>${t("reception.part_find")}</h2>
    <form class="ask-one card" onSubmit=${submit}>
      <label for="wanted">${t("reception.find_label")}</label>
      <div class="ask-one__row">
        <input class="input number" id="wanted" ref=${field} maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false"
          value=${wanted} onInput=${(event) => setWanted(event.target.value)} />
        <button class="button button--primary" data-verb="find">${t("reception.find")}</button>
      </div>
    </form>
    ${state.found && html`<${Found} found=${state.found} show=${show} />`}
    ${dialog && state.found && html`<${DIALOGS[dialog]} desk=${desk} page=${page} found=${state.found} onClose=${() => show(null)} />`}`;
}

function Found({ found, show }) {
  const { ticket, can } = found;
  const act = (verb, dialog) => html`<button type="button" class="button" data-verb=${dialog} disabled=${!can.includes(verb)} onClick=${() => show(dialog)}>
    ${t(`reception.${dialog}`)}</button>`;
  return html`<section class="found card" data-number=${ticket.number} data-state=${ticket.state}>
    <header class="found__head">
      <h3 class="number found__number">${ticket.number}</h3>
      <span class="chip" data-state=${ticket.state}>${t(`reception.state_${ticket.state}`)}</span>
      <span class="found__language" lang=${ticket.language}>${ticket.language.toUpperCase()}</span>
    </header>
    <${TicketFacts} ticket=${ticket} found=${found} />
    ${!can.includes("change") && html`<p class="quiet">${t(found.origin === "outreach" ? "reception.of_outreach" : "reception.only_waiting")}</p>`}
    <div class="found__acts">
      ${act("change", "change_service")}
      ${act("change", "change_language")}
      ${act("give_priority", "give_priority")}
      ${act("print", "print_again")}
    </div>
  </section>`;
}

function ChangeService({ desk, found, onClose }) {
  const choose = async (service) => {
    onClose();
    await desk.onTicket("change", { service });
  };
  return html`<${Modal} isWide title=${t("reception.change_service_title", { number: found.ticket.number })} text=${t("reception.start_stays")} onClose=${onClose}>
    <${ServicePicker} onChoose=${choose} />
  <//>`;
}

function ChangeLanguage({ desk, page, found, onClose }) {
  const [language, setLanguage] = useState(found.ticket.language);
  const go = async () => {
    onClose();
    await desk.onTicket("change", { language });
  };
  return html`<${Modal} title=${t("reception.change_language")} text=${t("reception.change_language_text")} onClose=${onClose}>
    <${LanguageChoice} page=${page} value=${language} onChange=${setLanguage} />
    <${Go} onGo=${go} onClose=${onClose} label=${t("reception.save")} />
  <//>`;
}

function GivePriority({ desk, page, found, onClose }) {
  const [category, setCategory] = useState("");
  const [isSeen, setSeen] = useState(false);
  const go = async () => {
    onClose();
    await desk.onTicket("priority", { category, evidence: isSeen });
  };
  const choose = (key) => {
    setCategory(key);
    setSeen(false);
  };
  return html`<${Modal} title=${t("reception.priority_title", { number: found.ticket.number })} text=${t("reception.priority_text")} onClose=${onClose}>
    <${PriorityChoice} page=${page} value=${category} isSeen=${isSeen} onChange=${choose} onSeen=${setSeen} withNone=${false} />
    <${Go} onGo=${go} onClose=${onClose} label=${t("reception.give_priority")} isReady=${Boolean(category) && isSeen} />
  <//>`;
}

function PrintAgain({ desk, page, found, onClose }) {
  const [printer, setPrinter] = useState(page.printer ?? "");
  const go = async () => {
    onClose();
    await desk.onTicket("print", { printer });
  };
  return html`<${Modal} title=${t("reception.print_again_title", { number: found.ticket.number })}
      text=${t(found.slips.length ? "reception.print_again_text" : "reception.print_first_text")} onClose=${onClose}>
    <${Choice} label=${t("reception.printer")} value=${printer} onChange=${setPrinter}>
      ${page.printers.map((each) => html`<option value=${each.key} selected=${each.key === printer}>${each.name}</option>`)}
    <//>
    <${Go} onGo=${go} onClose=${onClose} label=${t("reception.print_again")} isReady=${Boolean(printer)} />
  <//>`;
}

function Go({ onGo, onClose, label, isReady = true }) {
  return html`<div class="modal__acts">
    <${OnceButton} class="button button--primary" data-verb="go" disabled=${!isReady} onTap=${onGo}>${label}<//>
    <button type="button" class="button" onClick=${onClose}>${t("counter.cancel")}</button>
  </div>`;
}

const DIALOGS = {
  change_service: ChangeService,
  change_language: ChangeLanguage,
  give_priority: GivePriority,
  print_again: PrintAgain,
};
