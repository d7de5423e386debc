/**
 * The code that proves to a phone that its visitor is in the hall. It changes every half minute, so that a photograph
 * of it is soon worth nothing. Only an enrolled display is given it; nothing is drawn anywhere else.
 */
import { html, useEffect, useState } from "/static/js/html.js";
import { request } from "/static/js/http.js";
import { codePx } from "./layout.js";

const AGAIN_MS = 5000;
// A code that could not be renewed is good for a while yet, and then it would only lead into the void.
const GOOD_MS = 90_000;
const QUIET_SQUARES = 4;

/**
 * @param {object} props
 * @param {boolean} props.isAsked whether this display shows the code, as the page's first state says
 * @param {string} props.code the language of the moment
 * @param {object} props.display its size, and from how far the code is to be read
 */
export function Presence({ isAsked, code, display }) {
  const shown = usePresence(isAsked);
  if (!shown) return null;
  return html`<aside class="presence" lang=${code}>
    <${Squares} rows=${shown.qr} display=${display} />
    <div>
      <p class="presence__words">${shown.words[code] ?? Object.values(shown.words)[0]}</p>
      <p class="presence__type number">${withoutScheme(shown.url)}</p>
    </div>
  </aside>`;
}

function usePresence(isAsked) {
  const [shown, show] = useState(null);
  useEffect(() => {
    if (!isAsked) return undefined;
    let timer;
    let seenAt = 0;
    const ask = async () => {
      const { ok, status, data } = await request("GET", "/api/v1/presence");
      if (ok) {
        seenAt = Date.now();
        show(data);
      } else if (status === 401 || status === 403 || status === 404 || Date.now() - seenAt > GOOD_MS) {
        show(null);
      }
      timer = setTimeout(ask, ok ? Math.max(1000, Date.parse(data.next_at) - Date.parse(data.at)) : AGAIN_MS);
    };
    ask();
    return () => clearTimeout(timer);
  }, [isAsked]);
  return shown;
}

/** @param {{rows: string[], display: object}} props a QR code's squares, dark ones as 1 */
function Squares({ rows, display }) {
  const size = rows.length + 2 * QUIET_SQUARES;
  const px = codePx(display, { width: innerWidth, height: innerHeight }, rows.length / size);
  const path = rows
    .flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return html`<svg class="presence__qr" style=${px && { "--presence-size": `${px}px` }} viewBox=${`-${QUIET_SQUARES} -${QUIET_SQUARES} ${size} ${size}`} aria-hidden="true">
    <rect class="presence__light" x=${-QUIET_SQUARES} y=${-QUIET_SQUARES} width=${size} height=${size} />
    <path class="presence__dark" d=${path} />
  </svg>`;
}

function withoutScheme(url) {
  return url.replace(/^https?:\/\//, "");
}
