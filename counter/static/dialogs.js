import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t } from "/static/js/wording.js";
import { perform } from "./acts.js";
import { FinishDialog } from "./finish-dialog.js";
import { Modal } from "./modal.js";
import { AddServiceDialog, TransferDialog } from "./pickers.js";

/** The dialog of the moment, if an act has one. */
export function Dialogs({ session, page }) {
  const { dialog } = session.store.get();
  const Shown = dialog && SHOWN[dialog.verb];
  return Shown ? html`<${Shown} key=${dialog.verb} session=${session} page=${page} dialog=${dialog} />` : null;
}

const SHOWN = {
  no_show: NoShow,
  close: Close,
  pause: Pause,
  call: CallOutOfTurn,
  transfer: TransferDialog,
  add_service: AddServiceDialog,
  finish_with: FinishDialog,
};

function NoShow({ session }) {
  const { number } = session.store.get().counter.ticket;
  return html`<${Question} session=${session} verb="no_show" title=${t("counter.no_show_title", { number })}
    text=${t("counter.no_show_text")} />`;
}

function Close({ session }) {
  return html`<${Question} session=${session} verb="close" title=${t("counter.close_title")} text=${t("counter.close_text")} />`;
}

function Question({ session, verb, title, text }) {
  const leave = () => session.show(null);
  return html`<${Modal} title=${title} text=${text} onClose=${leave}>
    <div class="modal__acts">
      <${OnceButton} class="button button--primary" autofocus onTap=${() => perform(session, verb, {})}>${t(`counter.${verb}`)}<//>
      <button type="button" class="button" onClick=${leave}>${t("counter.cancel")}</button>
    </div>
  <//>`;
}

function Pause({ session, page }) {
  return html`<${Reasons} session=${session} title=${t("counter.pause_title")} text=${t("counter.pause_text")}
    reasons=${page.pause_reasons} onChoose=${(reason) => perform(session, "pause", { reason })} />`;
}

function CallOutOfTurn({ session, page, dialog }) {
  const { row } = dialog;
  const ticket = row.id ?? row.number;
  return html`<${Reasons} session=${session} title=${t("counter.call_title", { number: row.number })}
    text=${t("counter.call_text")} reasons=${page.out_of_turn_reasons}
    onChoose=${(reason) => perform(session, "call", { ticket, reason })} />`;
}

/** One press chooses; the digits on the keyboard do too. */
function Reasons({ session, title, text, reasons, onChoose }) {
  const press = (event) => {
    const reason = reasons[Number(event.key) - 1];
    if (reason) onChoose(reason.key);
  };
  return html`<${Modal} title=${title} text=${text} onClose=${() => session.show(null)}>
    <ol class="choices" onKeyDown=${press}>
      ${reasons.map(
        (reason, place) => html`<li>
          <${OnceButton} class="button choice" autofocus=${place === 0} onTap=${() => onChoose(reason.key)}>
            <kbd class="key" aria-hidden="true">${place + 1}</kbd><span>${name(reason.name)}</span>
          <//>
        </li>`,
      )}
    </ol>
  <//>`;
}
