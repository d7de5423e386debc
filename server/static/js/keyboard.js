import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import "./more-icons.js";
import { t } from "./wording.js";

/** The rows people know from their own keyboards. */
const LAYOUTS = {
  az: ["qüertyuiopöğ", "asdfghjklıə", "zxcvbnmçş"],
  uz: ["qwertyuiop", "asdfghjklʻ", "zxcvbnm"],
  ru: ["йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю"],
  tr: ["qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç"],
  en: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
};
// Codes have no letter that is taken for another (`server/clock.py`); whoever types one all the same is told so.
const DIGITS = "1234567890";
const SIGNS = { code: [DIGITS, "ABCDEFGHIJ", "KLMNOPQRST", "UVWXYZ"], digits: ["123", "456", "789", "0"] };

/**
 * Letters on the glass, for a kiosk without a keyboard. A real one works all the same.
 *
 * @param {object} props
 * @param {string} [props.language] whose letters come first
 * @param {"code" | "digits"} [props.only] these signs and no other layout
 * @param {string} props.value
 * @param {(text: string) => void} props.onChange
 */
export function Keyboard({ language = "en", only, value, onChange }) {
  const [layout, setLayout] = useState(language in LAYOUTS ? language : "en");
  const others = only ? [] : Object.keys(LAYOUTS).filter((code) => code !== layout);
  const rows = only ? SIGNS[only] : [DIGITS, ...LAYOUTS[layout]];
  const type = (letter) => onChange(value + letter);
  const upper = (letter) => letter.toLocaleUpperCase(layout);
  return html`<div class="keyboard" role="group" aria-label=${t("kiosk.keyboard")} data-layout=${only ?? layout}>
    ${rows.map(
      (row) => html`<div class="keyboard__row" key=${layout + row}>
        ${[...row].map((letter) => key({ label: upper(letter), lang: layout, onPress: () => type(letter) }))}
        ${row === rows.at(-1) && erase(value, onChange)}
        ${only && row === rows.at(-1) && clear(onChange)}
      </div>`,
    )}
    ${!only &&
    html`<div class="keyboard__row">
      ${others.map((code) =>
        key({ label: code.toUpperCase(), lang: code, wide: "code", onPress: () => setLayout(code) }),
      )}
      ${key({ label: t("kiosk.space"), wide: "space", onPress: () => type(" ") })} ${clear(onChange)}
    </div>`}
  </div>`;
}

function clear(onChange) {
  return key({ label: t("kiosk.clear"), wide: "clear", onPress: () => onChange("") });
}

function erase(value, onChange) {
  return html`<button
    type="button"
    class="key key--erase"
    aria-label=${t("kiosk.erase")}
    onPointerDown=${keepFocus}
    onClick=${() => onChange([...value].slice(0, -1).join(""))}
  >
    <${Icon} name="erase" />
  </button>`;
}

function key({ label, onPress, lang, wide = "" }) {
  return html`<button
    type="button"
    class=${wide ? `key key--${wide}` : "key"}
    lang=${lang}
    onPointerDown=${keepFocus}
    onClick=${onPress}
  >
    ${label}
  </button>`;
}

// The text field keeps its caret while the glass is typed on.
function keepFocus(event) {
  event.preventDefault();
}
