/**
 * Read what the server put into the page as <script type="application/json" id="…">.
 *
 * @template T
 * @param {string} id
 * @param {T} [fallback] when the page has no such element
 * @returns {T}
 */
export function readJson(id, fallback) {
  const element = document.getElementById(id);
  if (element === null) {
    if (fallback === undefined) throw new Error(`the page has no #${id}`);
    return fallback;
  }
  return JSON.parse(element.textContent);
}
