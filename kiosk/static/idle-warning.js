import { html, useEffect, useRef, useState } from "../../static/js/html.js";
import { t } from "../../static/js/wording.js";
import { reset } from "./session.js";

/** Are you still there? Announced once, counted down for the eyes, answered by one tap. */
export function IdleWarning({ secondsLeft, onStay }) {
  const dialog = useRef(null);
  const [announced] = useState(secondsLeft);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  return html`<dialog
    class="dialog idle"
    ref=${dialog}
    role="alertdialog"
    aria-labelledby="idle-title"
    aria-describedby="idle-words"
    onCancel=${onStay}
  >
    <h2 id="idle-title">${t("kiosk.still_there")}</h2>
    <p id="idle-words" class="visually-hidden">${t("kiosk.idle_words", { n: announced })}</p>
    <p class="idle__seconds number" aria-hidden="true">${secondsLeft}</p>
    <p aria-hidden="true">${t("kiosk.idle_words", { n: secondsLeft })}</p>
    <div class="idle__acts">
      <button type="button" class="button button--primary take" autofocus onClick=${onStay}>${t("kiosk.more_time")}</button>
      <button type="button" class="button button--outline" onClick=${reset}>${t("kiosk.end")}</button>
    </div>
  </dialog>`;
}
