import { html } from "/static/js/html.js";

const TURN_DEGREES = { up: 0, "up-right": 45, right: 90, down: 180, left: 270, "up-left": 315 };

/** The way to the counter, as one shape turned; nothing where there is no direction to show. */
export function Arrow({ to }) {
  if (!(to in TURN_DEGREES)) return null;
  return html`<svg class="arrow" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      transform=${`rotate(${TURN_DEGREES[to]} 12 12)`}
      d="M12 21V4M5 11l7-7 7 7"
      fill="none"
      stroke="currentColor"
      stroke-width="3.4"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}
