import { html } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { t } from "/static/js/wording.js";
import { ACTS, perform } from "./acts.js";

/**
 * The button of one verb, with its key; greyed while the verb is not possible.
 *
 * @param {object} props
 * @param {import("./session.js").Session} props.session
 * @param {string} props.verb
 * @param {string} [props.kind] added to the class: "primary", "danger"
 * @param {string} [props.label] instead of the verb's own
 */
export function ActButton({ session, verb, kind, label, disabled = false, body }) {
  const { letter, path, as } = ACTS[verb];
  const { busy } = session.store.get();
  return html`<${OnceButton}
    class=${`button act ${kind ? `act--${kind} button--${kind}` : ""}`}
    data-verb=${verb}
    data-busy=${busy === path ? "yes" : undefined}
    aria-keyshortcuts=${letter || undefined}
    disabled=${disabled || !session.can(as ?? verb)}
    onTap=${() => perform(session, verb, body)}
  >
    <span class="act__label">${label ?? t(`counter.${verb}`)}</span>
    ${letter && html`<kbd class="key" aria-hidden="true">${letter}</kbd>`}
  <//>`;
}
