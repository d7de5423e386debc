import { html, useEffect, useRef, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { t } from "/static/js/wording.js";
import { Result } from "./reception-result.js";

/** Turn the code of an appointment or of a finished result into a ticket; a scanner types it and presses Enter. */
export function CheckInPart({ desk, state }) {
  const [code, setCode] = useState("");
  const field = useRef(null);
  useEffect(() => field.current?.focus(), [state.result]);
  if (state.result) return html`<${Result} desk=${desk} result=${state.result} />`;
  const go = async () => {
    const typed = code.replace(/\s+/g, "").toUpperCase();
    if (typed.length >= 6 && (await desk.checkIn({ code: typed, print: true }))) setCode("");
  };
  const submit = (event) => {
    event.preventDefault();
    go();
  };
  return html`<h2>${t("reception.part_check_in")}</h2>
    <form class="ask-one card" onSubmit=${submit}>
      <label for="code">${t("reception.code_label")}</label>
      <p class="field__hint" id="code-hint">${t("reception.code_hint")}</p>
      <div class="ask-one__row">
        <input class="input number" id="code" ref=${field} maxlength="16" autocomplete="off" autocapitalize="characters" spellcheck="false"
          aria-describedby="code-hint" value=${code} onInput=${(event) => setCode(event.target.value)} />
        <${OnceButton} class="button button--primary" data-verb="check-in" disabled=${code.trim().length < 6} onTap=${go}>${t("reception.check_in")}<//>
      </div>
    </form>`;
}
