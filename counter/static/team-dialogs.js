import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { fold } from "/static/js/text.js";
import { name, nameLanguage, t } from "/static/js/wording.js";
import { Modal } from "./modal.js";
import { Picker } from "./picker.js";
import { RateDialog } from "./team-rate.js";

/** The question of the moment: why this visit first, whether really nobody was there, whether the day is over. */
export function TeamDialog({ day, pack, dialog, onClose }) {
  const { kind, visit } = dialog;
  const done = (verb, what) => {
    onClose();
    return day.act(verb, what);
  };
  if (kind === "rate") return html`<${RateDialog} day=${day} visit=${visit} onClose=${onClose} />`;
  if (kind === "add_service") {
    return html`<${Modal} isWide title=${t("counter.add_title", { number: visit.number })} text=${t("counter.add_text")} onClose=${onClose}>
      <${Picker} label=${t("counter.search_service")} options=${furtherServices(pack, visit)}
        onChoose=${(service) => done("add_service", { ticket: visit.ticket, reason: service })} />
    <//>`;
  }
  if (kind === "call") {
    return html`<${Modal} title=${t("team.call_title", { number: visit.number })} text=${t("team.call_text")} onClose=${onClose}>
      <ol class="choices">
        ${pack.reasons.map(
          (reason, place) => html`<li><${OnceButton} class="button choice" autofocus=${place === 0}
            onTap=${() => done("call", { ticket: visit.ticket, reason: reason.key })}>${name(reason.name)}<//></li>`,
        )}
      </ol>
    <//>`;
  }
  const what = kind === "close" ? undefined : { ticket: visit.ticket };
  return html`<${Modal} title=${t(`team.${kind}_title`, { number: visit?.number ?? "" })} text=${t(`team.${kind}_text`)} onClose=${onClose}>
    <div class="modal__acts">
      <${OnceButton} class="button button--primary" autofocus data-verb=${`really-${kind}`} onTap=${() => done(kind, what)}>${t(`team.${kind}`)}<//>
      <button type="button" class="button" onClick=${onClose}>${t("counter.cancel")}</button>
    </div>
  <//>`;
}

/** What the team brings and this visit has not yet; taken along in the morning, so that it needs no network. */
function furtherServices({ services }, visit) {
  const has = new Set(visit.services.map((each) => each.key));
  return services
    .filter((each) => !has.has(each.key))
    .map((each) => ({
      value: each.key,
      title: name(each.name),
      lang: nameLanguage(each.name),
      detail: "",
      note: "",
      found: fold(Object.values(each.name).join(" ")),
    }));
}
