/**
 * A button that did its work is often gone, and the focus with it. It is then given to the place where the button stood,
 * never to another button: a key that is still held down would press that too.
 *
 * Places are elements with `data-place` and `tabindex="-1"`; the nearest that is still there is taken.
 */
export function keepFocus() {
  /** @type {{target: Element, places: string[]} | null} */
  let last = null;
  addEventListener("focusin", ({ target }) => {
    // A dialog belongs to where it was opened from.
    const before = target.closest("dialog") && last ? last.places : [];
    last = { target, places: [...placesAround(target), ...before] };
  });
  new MutationObserver(() => {
    if (last === null || last.target.isConnected || document.activeElement !== document.body) return;
    // What lies under an open dialog cannot have it; when that closes, this is asked again.
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      dialog.focus();
      return;
    }
    const found = last.places.map((place) => document.querySelector(`[data-place="${place}"]`)).find(Boolean);
    last = null;
    found?.focus();
  }).observe(document.body, { childList: true, subtree: true });
}

function placesAround(target) {
  const places = [];
  for (let each = target.closest("[data-place]"); each; each = each.parentElement?.closest("[data-place]")) {
    places.push(each.dataset.place);
  }
  return places;
}
