import { html } from "/static/js/html.js";
import { languages, language, setLanguage, t } from "/static/js/wording.js";

const A_YEAR_S = 365 * 24 * 3600;

/**
 * The language of a screen; the sign-in page and the next screen open in the one chosen here.
 *
 * @param {object} props
 * @param {string} props.words the part of the wording that names it: "counter", "room"
 * @param {string} [props.className]
 * @param {boolean} [props.isShort] codes and not names, where there is little room
 */
export function LanguageChoice({ words, className, isShort = false }) {
  const choose = (event) => {
    setLanguage(event.target.value);
    document.cookie = `navbat_language=${event.target.value}; path=/; max-age=${A_YEAR_S}; samesite=lax`;
  };
  const name = (code) => (isShort ? code.toUpperCase() : t(`${words}.own_name`, {}, code));
  return html`<label class=${className}>
    <span class="visually-hidden">${t(`${words}.language`)}</span>
    <select value=${language()} onChange=${choose}>
      ${languages().map((code) => html`<option value=${code} lang=${code} selected=${code === language()}>${name(code)}</option>`)}
    </select>
  </label>`;
}
