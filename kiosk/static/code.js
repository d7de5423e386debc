import { html, useEffect, useRef } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { Keyboard } from "../../static/js/keyboard.js";
import { OnceButton } from "../../static/js/once-button.js";
import { t, time } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";
import { BookAhead } from "./book-ahead.js";
import { day } from "./calendar.js";
import { tidyCode } from "./scanner.js";
import { checkIn, settings, store } from "./session.js";

const SHORTEST = 6;
const TO_MEND = new Set(["code_unknown", "bad_input"]);
// What a result that is not handed out is; the others are an appointment's.
const OF_RESULTS = new Set(["ready", "withdrawn", "expired"]);

/** "I have an appointment", "I have come to collect": a code, typed here or read by a scanner anywhere. */
export function Code({ state }) {
  const { code, codeFor, isTaking, problem, refusal } = state;
  const field = useRef(null);
  const setCode = (text) => store.update({ code: tidyCode(text), problem: null, refusal: null });
  // A code that only needs mending keeps the keys; any other has nothing to be typed about it.
  const isTold = problem === "refused" && !TO_MEND.has(refusal.type);
  const isWhole = code.length >= SHORTEST;
  const send = () => isWhole && checkIn(code);

  const another = () => {
    setCode("");
    field.current.focus();
  };

  useEffect(() => field.current.focus(), []);

  return html`<div class=${isTold ? "screen screen--told" : "screen screen--code"}>
    <div class="screen__head">
    <h1 class="screen__title"><label for="code">${t(`kiosk.code_title_${codeFor}`)}</label></h1>
    <div class="search-field">
      <input
        id="code"
        ref=${field}
        class="input input--code number"
        type="text"
        inputmode="none"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        aria-invalid=${problem === "refused" ? "true" : undefined}
        aria-describedby="code-problem"
        data-first
        value=${code}
        onInput=${(event) => setCode(event.currentTarget.value)}
        onKeyDown=${(event) => event.key === "Enter" && send()}
      />
    </div>
    </div>
    ${!isTold &&
    html`<${OnceButton} class="button take code-go" onTap=${send} disabled=${!isWhole || isTaking}>
      <span>${t(isTaking ? "kiosk.taking" : "kiosk.code_go")}</span><${Icon} name="forward" />
    <//>`}
    <div id="code-problem" class="code-problem">
      <div role="alert">${problem === "refused" && html`<${CodeRefused} state=${state} />`}</div>
      ${problem !== "refused" &&
      html`<p class="screen__lead">
        ${t(`kiosk.code_lead_${codeFor}`)} ${settings.scanner && t("kiosk.code_scan")} ${t("kiosk.code_without")}
      </p>`}
    </div>
    ${isTold
      ? html`<button type="button" class="button button--large code-other" onClick=${another}>${t("kiosk.code_other")}</button>`
      : html`<${Keyboard} only="code" value=${code} onChange=${setCode} />`}
  </div>`;
}

/** What is wrong with it, and what to do now. */
function CodeRefused({ state: { catalogue, refusal } }) {
  const { type, title, detail } = refusal;
  if (type === "appointment_early") {
    return html`<${Told} kind="warn" title=${t("kiosk.early")} text=${comeWords(catalogue, refusal.come_at)} />`;
  }
  if (type === "centre_closed") return html`<p class="notice notice--warn">${closedWords(catalogue)}</p>`;
  if (type === "code_cancelled" || type === "code_expired") return html`<${Over} type=${type} state=${refusal.state} />`;
  if (type === "code_used") return html`<${Told} title=${t("kiosk.refused_code_used")} text=${t("kiosk.refused_code_used_help")} />`;
  const isUnknown = TO_MEND.has(type);
  const isSaid = !isUnknown && detail && detail !== title;
  return html`<${Told} title=${isUnknown ? t("kiosk.refused_code_unknown") : title} text=${isSaid ? detail : t("kiosk.refused_code_help")} />`;
}

/** A code that was good once: another day can be chosen, or somebody knows where the document is. */
function Over({ type, state }) {
  const isResult = OF_RESULTS.has(state);
  return html`<${Told}
      title=${t(`kiosk.refused_${type}_${isResult ? "result" : "appointment"}`)}
      text=${t(isResult ? "kiosk.refused_result_help" : "kiosk.refused_again_help")}
    />
    ${!isResult && html`<${BookAhead} />`}`;
}

function Told({ kind = "bad", title, text }) {
  return html`<div class=${`notice notice--${kind}`}>
    <p><strong>${title}</strong></p>
    <p>${text}</p>
  </div>`;
}

function comeWords(catalogue, at) {
  const isToday = day(at) === day(catalogue.at);
  return isToday
    ? t("kiosk.early_time", { time: time(at) })
    : t("kiosk.early_day", { day: day(at), time: time(at) });
}
