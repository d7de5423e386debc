import { html, useEffect, useRef } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { Keyboard } from "../../static/js/keyboard.js";
import { OnceButton } from "../../static/js/once-button.js";
import { t, time } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";
import { day } from "./calendar.js";
import { tidyCode } from "./scanner.js";
import { checkIn, settings, store } from "./session.js";

const SHORTEST = 6;
const OWN_WORDS = new Set(["code_unknown", "code_used", "code_expired", "bad_input"]);

/** "I have an appointment", "I have come to collect": a code, typed here or read by a scanner anywhere. */
export function Code({ state }) {
  const { code, codeFor, isTaking, problem } = state;
  const field = useRef(null);
  const setCode = (text) => store.update({ code: tidyCode(text), problem: null, refusal: null });
  const isWhole = code.length >= SHORTEST;
  const send = () => isWhole && checkIn(code);

  useEffect(() => field.current.focus(), []);

  return html`<div class="screen screen--code">
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
    <${OnceButton} class="button take code-go" onTap=${send} disabled=${!isWhole || isTaking}>
      <span>${t(isTaking ? "kiosk.taking" : "kiosk.code_go")}</span><${Icon} name="forward" />
    <//>
    <div id="code-problem" class="code-problem">
      <div role="alert">${problem === "refused" && html`<${CodeRefused} state=${state} />`}</div>
      ${problem !== "refused" &&
      html`<p class="screen__lead">
        ${t(`kiosk.code_lead_${codeFor}`)} ${settings.scanner && t("kiosk.code_scan")} ${t("kiosk.code_without")}
      </p>`}
    </div>
    <${Keyboard} only="code" value=${code} onChange=${setCode} />
  </div>`;
}

/** What is wrong with it, and what to do now. */
function CodeRefused({ state: { catalogue, refusal } }) {
  const { type, title, detail } = refusal;
  if (type === "appointment_early") {
    return html`<div class="notice notice--warn">
      <p><strong>${t("kiosk.early")}</strong></p>
      <p>${comeWords(catalogue, refusal.come_at)}</p>
    </div>`;
  }
  if (type === "centre_closed") return html`<p class="notice notice--warn">${closedWords(catalogue)}</p>`;
  const key = type === "bad_input" ? "code_unknown" : type;
  return html`<div class="notice notice--bad">
    <p><strong>${OWN_WORDS.has(type) ? t(`kiosk.refused_${key}`) : title}</strong></p>
    <p>${OWN_WORDS.has(type) || !detail || detail === title ? t("kiosk.refused_code_help") : detail}</p>
  </div>`;
}

function comeWords(catalogue, at) {
  const isToday = day(at) === day(catalogue.at);
  return isToday
    ? t("kiosk.early_time", { time: time(at) })
    : t("kiosk.early_day", { day: day(at), time: time(at) });
}
