import { html } from "/static/js/html.js";
import { name, nameLanguage } from "/static/js/wording.js";
import { messagesOn } from "./emergency.js";

/**
 * What supervisors have to say beside the calls; several in turn, as the languages change.
 *
 * @param {object} props
 * @param {object} props.board
 * @param {number} props.now the server's time
 * @param {{code: string, turn: number}} props.spoken
 */
export function Messages({ board, now, spoken }) {
  const { code, turn } = spoken;
  const all = messagesOn(board, now).filter(({ kind }) => kind === "message");
  if (all.length === 0) return null;
  const { id, title, text } = all[turn % all.length];
  const said = text && (text[code] || !title) ? text : null;
  return html`<aside class="message" lang=${code} role="status">
    <svg class="message__icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor"
        stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
      <path d="M12 16v-5M12 8v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z" />
    </svg>
    <p key=${`${id}/${code}`} class="message__text">
      ${title && html`<strong>${name(title, code)}</strong>`}
      ${said && html`<span lang=${nameLanguage(said, code)}>${name(said, code)}</span>`}
    </p>
  </aside>`;
}
