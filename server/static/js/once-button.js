import { html, useEffect, useRef, useState } from "./html.js";

const PAUSE_MS = 1000;

/**
 * A button that takes one tap at a time: deaf while its work runs, and for a second after.
 *
 * It is marked with aria-disabled and not disabled, so that the focus does not fall off it.
 *
 * @param {object} props everything else is given to the <button>
 * @param {() => (void | Promise<unknown>)} props.onTap
 * @param {boolean} [props.disabled]
 */
export function OnceButton({ onTap, disabled = false, children, ...rest }) {
  const [isBusy, setBusy] = useState(false);
  const isRunning = useRef(false);
  const isGone = useRef(false);
  useEffect(() => () => void (isGone.current = true), []);

  const tap = async () => {
    if (isRunning.current || disabled) return;
    isRunning.current = true;
    setBusy(true);
    try {
      await onTap();
    } finally {
      setTimeout(() => {
        isRunning.current = false;
        if (!isGone.current) setBusy(false);
      }, PAUSE_MS);
    }
  };
  return html`<button
    type="button"
    ...${rest}
    aria-disabled=${isBusy || disabled ? "true" : undefined}
    aria-busy=${isBusy ? "true" : undefined}
    onClick=${tap}
  >
    ${children}
  </button>`;
}
