import { html, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { name, t } from "/static/js/wording.js";
import { perform } from "./acts.js";
import { Modal } from "./modal.js";
import { ServicePicker } from "./pickers.js";

/** How the service ended, and what else turned out to be needed. Plain "done" needs no dialog: it is the button's own act. */
export function FinishDialog({ session, page }) {
  const [wantsMore, setWantsMore] = useState(false);
  const { number } = session.store.get().counter.ticket;
  const finish = (body) => perform(session, "finish", body);
  const press = (event) => {
    const outcome = page.outcomes[Number(event.key) - 1];
    if (outcome && !wantsMore) finish({ outcome: outcome.key });
  };
  return html`<${Modal} isWide=${wantsMore} title=${t("counter.finish_title", { number })}
      text=${t(wantsMore ? "counter.finish_more_text" : "counter.finish_text")} onClose=${() => session.show(null)}>
    ${wantsMore
      ? html`<${ServicePicker} onChoose=${(service) => finish({ service })} />`
      : html`<ol class="choices" onKeyDown=${press}>
          ${page.outcomes.map(
            (outcome, place) => html`<li>
              <${OnceButton} class="button choice" autofocus=${place === 0} onTap=${() => finish({ outcome: outcome.key })}>
                <kbd class="key" aria-hidden="true">${place + 1}</kbd><span>${name(outcome.name)}</span>
              <//>
            </li>`,
          )}
          <li><button type="button" class="button choice" onClick=${() => setWantsMore(true)}>${t("counter.finish_more")}</button></li>
        </ol>`}
  <//>`;
}
