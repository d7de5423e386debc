const TYPED_INTO = "input, textarea, select, [contenteditable]";

/**
 * A digit opens its part; Alt with a digit does so from inside a field too; Escape leaves a field.
 *
 * @param {import("./reception-desk.js").Desk} desk
 */
export function listenForDeskKeys(desk) {
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const isTyping = event.target.closest?.(TYPED_INTO);
    if (event.key === "Escape" && isTyping) event.target.blur();
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (digit === undefined || event.shiftKey || (isTyping && !event.altKey)) return;
    const part = desk.parts()[Number(digit) - 1];
    if (part === undefined) return;
    event.preventDefault();
    desk.go(part);
  });
}
