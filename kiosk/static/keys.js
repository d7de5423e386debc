/** The screen with keys only: arrows go from control to control, as an assistive keypad has no Tab. */

const CONTROLS = "button, input, select, a[href], [role=button]";
const NEXT = new Set(["ArrowDown", "ArrowRight"]);
const PREVIOUS = new Set(["ArrowUp", "ArrowLeft"]);
const INSIDE_TEXT = new Set(["ArrowLeft", "ArrowRight"]);

/**
 * Lead the focus by arrows, round and round; Tab, Enter and space are the browser's own.
 *
 * @param {{onBack: () => void, onListen: () => void}} acts Escape, and F1, which keypads have as "speak"
 * @returns {() => void} stops it
 */
export function watchKeys({ onBack, onListen }) {
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && !openDialog()) onBack();
    else if (event.key === "F1") onListen();
    else if (NEXT.has(event.key) || PREVIOUS.has(event.key)) move(event);
    if (event.key === "F1") event.preventDefault();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

function move(event) {
  const here = document.activeElement;
  if (here instanceof HTMLInputElement && INSIDE_TEXT.has(event.key)) return;
  const controls = [...(openDialog() ?? document).querySelectorAll(CONTROLS)].filter(canBeReached);
  if (controls.length === 0) return;
  event.preventDefault();
  const step = NEXT.has(event.key) ? 1 : -1;
  controls.at(place(controls, here, step) % controls.length).focus({ focusVisible: true });
}

// From a heading the way goes to what stands before or behind it.
function place(controls, here, step) {
  const index = controls.indexOf(here);
  if (index >= 0) return index + step;
  const behind = controls.findIndex(
    (control) => here.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  if (step > 0) return Math.max(behind, 0);
  return behind <= 0 ? -1 : behind - 1;
}

function canBeReached(control) {
  return control.tabIndex >= 0 && !control.disabled && control.checkVisibility();
}

function openDialog() {
  return document.querySelector("dialog[open]");
}
