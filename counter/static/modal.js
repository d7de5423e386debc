import { html, useEffect, useId, useRef } from "/static/js/html.js";
import { t } from "/static/js/wording.js";

/**
 * A dialog over the terminal; Escape and a press beside it close it.
 *
 * @param {object} props
 * @param {string} props.title
 * @param {string} [props.text]
 * @param {() => void} props.onClose
 */
export function Modal({ title, text, onClose, isWide = false, children }) {
  const dialog = useRef(null);
  const id = useId();
  useEffect(() => {
    dialog.current.showModal();
    const open = dialog.current;
    return () => open.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  const pressBeside = (event) => event.target === dialog.current && onClose();
  return html`<dialog class=${`dialog modal ${isWide ? "modal--wide" : ""}`} ref=${dialog} tabindex="-1" aria-labelledby=${id}
      onCancel=${cancel} onPointerDown=${pressBeside}>
    <div class="modal__body">
      <header class="modal__head">
        <div>
          <h2 id=${id}>${title}</h2>
          ${text && html`<p class="quiet">${text}</p>`}
        </div>
        <button type="button" class="button modal__close" aria-label=${t("counter.cancel")} onClick=${onClose}>×</button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
