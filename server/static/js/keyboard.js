import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./wording.js";

/** The rows people know from their own keyboards. */
const LAYOUTS = {
  az: ["qüertyuiopöğ", "asdfghjklıə", "zxcvbnmçş"],
  uz: ["qwertyuiop", "asdfghjklʻ", "zxcvbnm"],
  ru: ["йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю"],
  tr: ["qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç"],
  en: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
};
const DIGITS = "1234567890";

/**
 * Letters on the glass, for a kiosk without a keyboard. A real one works all the same.
 *
 * @param {{language: string, value: string, onChange: (text: string) => void}} props
 */
export function Keyboard({ language, value, onChange }) {
  const [layout, setLayout] = useState(language in LAYOUTS ? language : "en");
  const others = Object.keys(LAYOUTS).filter((code) => code !== layout);
  const type = (letter) => onChange(value + letter);
  const upper = (letter) => letter.toLocaleUpperCase(layout);
  return html`<div class="keyboard" role="group" aria-label=${t("kiosk.keyboard")} data-layout=${layout}>
    ${[DIGITS, ...LAYOUTS[layout]].map(
      (row) => html`<div class="keyboard__row" key=${layout + row}>
        ${[...row].map((letter) => key({ label: upper(letter), lang: layout, onPress: () => type(letter) }))}
        ${row === LAYOUTS[layout][2] && erase(value, onChange)}
      </div>`,
    )}
    <div class="keyboard__row">
      ${others.map((code) =>
        key({ label: code.toUpperCase(), lang: code, wide: "code", onPress: () => setLayout(code) }),
      )}
      ${key({ label: t("kiosk.space"), wide: "space", onPress: () => type(" ") })}
      ${key({ label: t("kiosk.clear"), wide: "clear", onPress: () => onChange("") })}
    </div>
  </div>`;
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
