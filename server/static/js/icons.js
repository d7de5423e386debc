/** Line icons and the arrow towards a counter; all of them decoration beside words. */
import { html } from "./html.js";

// What phones show; what only larger screens need is in more-icons.js, so that phones do not fetch it.
export const PATHS = {
  check: "m5 12.5 4.8 4.8L19.5 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-13.5V12l3 2.5",
  sound: "M4 9.500v5h3.500L12.500 19V5L7.500 9.500H4Zm12-.5c1.600 1.600 1.600 4.400 0 6m2.500-8.500c3 3 3 8 0 11",
};

const TURNS = { up: 0, "up-right": 45, right: 90, down: 180, left: 270, "up-left": 315 };

/** @param {{name: keyof typeof PATHS, class?: string}} props */
export function Icon({ name, class: extra = "" }) {
  return html`<svg class=${`icon icon--${name} ${extra}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      d=${PATHS[name]}
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}

/** @param {{arrow: string | null, class?: string}} props `arrow` as config.yaml has it; "none" draws nothing */
export function Arrow({ arrow, class: extra = "" }) {
  if (!(arrow in TURNS)) return null;
  return html`<svg class=${`icon icon--arrow ${extra}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      d="M12 21V4M4.500 11.500 12 4l7.500 7.500"
      transform=${`rotate(${TURNS[arrow]} 12 12)`}
      fill="none"
      stroke="currentColor"
      stroke-width="3"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`;
}
