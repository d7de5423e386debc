import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { direction, language, t, time } from "../../static/js/wording.js";
import { day } from "./calendar.js";
import { begin } from "./session.js";

/** The first screen: each language in its own words, since nobody knows yet which one is read. */
export function Attract({ state }) {
  const { catalogue } = state;
  const title = catalogue.open ? "kiosk.welcome" : "kiosk.closed";
  return html`<div class="attract">
    <div class="attract__welcome">
      <h1 class="attract__title" tabindex="-1" data-first>${t(title)}</h1>
      <ul class="attract__others">
        ${catalogue.languages
          .filter((code) => code !== language())
          .map((code) => html`<li lang=${code} key=${code}>${t(title, {}, code)}</li>`)}
      </ul>
    </div>
    <ul class="languages">
      ${catalogue.languages.map(
        (code) => html`<li key=${code}>
          <button type="button" class="language" lang=${code} dir=${direction(code)} onClick=${() => begin(code)}>
            <span class="language__name">${t("kiosk.language_name", {}, code)}</span>
            <span class="language__start">
              ${catalogue.open ? t("kiosk.start", {}, code) : opensWords(catalogue, code)}
            </span>
            <${Icon} name="forward" class="language__go" />
          </button>
        </li>`,
      )}
    </ul>
  </div>`;
}

/**
 * @param {object} catalogue
 * @param {string} [code] language
 * @returns {string} that the centre is closed, and when it opens again where that is known
 */
export function closedWords(catalogue, code) {
  return opening(catalogue, code, "until") ?? t("kiosk.closed", {}, code);
}

// Beside "closed", which stands above it.
function opensWords(catalogue, code) {
  return opening(catalogue, code, "short") ?? t("kiosk.closed_look", {}, code);
}

function opening(catalogue, code, sentence) {
  if (!catalogue.opens_at) return null;
  const opens = new Date(catalogue.opens_at);
  const isToday = day(opens, code) === day(catalogue.at, code);
  return isToday
    ? t(`kiosk.closed_${sentence}_time`, { time: time(opens, code) }, code)
    : t(`kiosk.closed_${sentence}_day`, { day: day(opens, code), time: time(opens, code) }, code);
}
