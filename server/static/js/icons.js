/** Line icons and the arrow towards a counter; all of them decoration beside words. */
import { html } from "./html.js";

const PATHS = {
  accessibility: "M12 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 8.5 12 10l7.5-1.5M12 10v4.5m0 0L8.5 21.5m3.5-7 3.5 7",
  alert: "M12 3.5 2.5 20.5h19L12 3.5Zm0 6.5v4.5m0 2.7v.3",
  back: "M14.5 5.5 8 12l6.5 6.5",
  building: "M4 20.5h16M5.5 20.5V10m4.3 10.5V10m4.4 10.5V10m4.3 10.5V10M3.5 10h17L12 3.5 3.5 10Z",
  calendar: "M4.500 6.500h15v14h-15v-14Zm0 4.500h15M8.500 4v4m7-4v4m-4.500 8 1.800 1.800 3.200-3.300",
  check: "m5 12.5 4.8 4.8L19.5 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-13.5V12l3 2.5",
  collect: "M6.500 3h11v10.500M6.500 3v18h5M9.500 7.500h5m-5 4h5m-.5 7 2.500 2.500 4.500-5",
  close: "m6 6 12 12M18 6 6 18",
  desk: "M3 10.500h18M5 10.500V20m14-9.500V20M9 10.500V5h6v5.500M8.500 20v-4h7v4",
  document: "M6.5 3h7.5l4.5 4.5V21h-12V3Zm7 0v5h5M9.5 13h6m-6 3.5h6",
  down: "m5.5 9 6.5 6.5L18.5 9",
  erase: "M8.5 5.5H21v13H8.5L3 12l5.5-6.5Zm4 4 5 5m0-5-5 5",
  forward: "M9.5 5.5 16 12l-6.5 6.5",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.3 12h17.4M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.200 6.400-3.700 9c-2.500-2.600-3.700-5.600-3.700-9S9.500 5.600 12 3Z",
  home: "M3.5 11.500 12 4l8.500 7.500M6 9.500V20h4.500v-5.500h3V20H18V9.500",
  people: "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm-6.500 8c0-3.300 2.700-5.500 6.500-5.500s6.500 2.200 6.500 5.500M16 11.300a3.200 3.200 0 0 0 0-6.300m2.300 9.700c2 .7 3.200 2.300 3.200 4.800",
  mute: "M4 9.500v5h3.500L12.500 19V5L7.500 9.500H4Zm12 0 5 5m0-5-5 5",
  plus: "M12 5v14M5 12h14",
  pin: "M12 21.500c4.700-4.700 7-8.200 7-11.500a7 7 0 1 0-14 0c0 3.300 2.300 6.800 7 11.500Zm0-9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  printer: "M7 9V3.500h10V9M7 17H3.500V9h17v8H17M7 14h10v6.500H7V14Z",
  search: "M10.500 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 5.500 5.500",
  several: "M4 5h10v6H4V5Zm6 8h10v6H10v-6Zm-6 2.500v3.500h3m7-14h6v4",
  sound: "M4 9.500v5h3.500L12.500 19V5L7.500 9.500H4Zm12-.5c1.600 1.600 1.600 4.400 0 6m2.500-8.500c3 3 3 8 0 11",
  tag: "M3.500 12.500v-9h9l8.500 8.500-9 9-8.500-8.500Zm4.500-4.500v.2",
  up: "M5.500 15 12 8.500l6.500 6.500",
  wifi_off: "M3 3l18 18M5 12.500c1.200-1.100 2.600-1.900 4.100-2.300m5 .2c1.500.400 2.800 1.100 4 2.100M8.500 16c1-.9 2.200-1.300 3.500-1.300s2.500.400 3.500 1.300M12 19.500v.2M2 9c1.500-1.400 3.200-2.400 5-3m4-.7c4.100-.2 8 1.100 11 3.700",
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
