import { html, useLayoutEffect, useRef } from "/static/js/html.js";
import { direction, name, t } from "/static/js/wording.js";

/**
 * What a supervisor says over everything: in the state language large, and in every other language below, at once;
 * who has to leave does not wait for a language's turn.
 *
 * @param {object} props
 * @param {object} props.message of the board
 * @param {string[]} props.languages the state language first
 */
export function Emergency({ message, languages }) {
  const box = useRef(null);
  useLayoutEffect(() => shrinkToFit(box.current), [message, innerWidth, innerHeight]);
  return html`<main class="emergency" ref=${box}>
    <h1 class="visually-hidden">${t("display.emergency", {}, languages[0])}</h1>
    <${Sign} preset=${message.preset} />
    <div class="emergency__said" role="alert"><ul class="emergency__texts">
      ${languages
        .filter((code) => message.title || message.text?.[code])
        .map(
          (code) => html`<li key=${code} class="emergency__text" lang=${code} dir=${direction(code)}>
            ${message.title && html`<strong>${name(message.title, code)}</strong>`}
            ${message.text?.[code] && html`<span>${message.text[code]}</span>`}
          </li>`,
        )}
    </ul></div>
  </main>`;
}

/** All that is said must be seen: letters become smaller until it is. */
function shrinkToFit(box) {
  for (let scale = 1; scale > 0.3; scale -= 0.05) {
    box.style.setProperty("--scale", scale);
    if (box.scrollHeight <= box.clientHeight) return;
  }
}

const SIGNS = {
  // A person who leaves by a door, a roof, a hand held up; drawn here, after the manner of ISO 7010.
  evacuate: "M4 21V3h9v5M13 16v5H4M20 12H9.5M16.5 8.5 20 12l-3.500 3.500",
  shelter: "M3 11 12 4l9 7M6 9.500V20h12V9.500M12 13v3.500M12 19v.01",
  stay_back: "M12 3 2.500 20h19zM12 9.500v5M12 17.500v.01",
};

function Sign({ preset }) {
  return html`<svg class="emergency__sign" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor"
      stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
    <path d=${SIGNS[preset] ?? SIGNS.stay_back} />
  </svg>`;
}

/** The emergency that stands on this board now, by the server's clock. */
export function emergencyOn(board, now) {
  return messagesOn(board, now).find(({ kind }) => kind === "emergency");
}

/** What is said now; a message whose time is over is left out though no board has come since. */
export function messagesOn(board, now) {
  return (board?.messages ?? []).filter(({ until_at: until }) => !until || Date.parse(until) > now);
}
