/** The list of counters narrows to the number that is typed; Enter goes there. */

const field = document.getElementById("number");
const tiles = [...document.querySelectorAll("[data-number]")];
const unknown = document.getElementById("unknown");

field?.addEventListener("input", () => {
  const typed = field.value.trim();
  for (const tile of tiles) tile.hidden = !tile.dataset.number.startsWith(typed);
  unknown.hidden = tiles.some((tile) => !tile.hidden);
  unknown.textContent = unknown.dataset.text.replace("{n}", typed);
  for (const zone of document.querySelectorAll("[data-zone]")) {
    zone.hidden = !zone.querySelector("[data-number]:not([hidden])");
  }
});
