import { html, useLayoutEffect, useRef, useState } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { t } from "../../static/js/wording.js";

// A little of the last page stays in sight, so that the eye finds its place.
const STEP = 0.86;

/**
 * A list longer than the glass: it scrolls under the finger, and by two buttons for whoever cannot drag.
 *
 * @param {{name: string}} props `name` of the region, for screen readers
 */
export function Pages({ name, children }) {
  const region = useRef(null);
  const [edges, setEdges] = useState({ isLong: false, atTop: true, atEnd: true });

  const measure = () => {
    if (region.current === null) return;
    const { scrollTop, scrollHeight, clientHeight } = region.current;
    const next = {
      isLong: scrollHeight > clientHeight + 2,
      atTop: scrollTop < 2,
      atEnd: scrollTop + clientHeight > scrollHeight - 2,
    };
    setEdges((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
  };
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(region.current);
    return () => observer.disconnect();
  }, []);

  const turn = (sign) => region.current.scrollBy({ top: sign * STEP * region.current.clientHeight, behavior: "smooth" });
  return html`<div class="pages" data-top=${edges.atTop} data-end=${edges.atEnd}>
    <div class="pages__region" ref=${region} onScroll=${measure} role="region" aria-label=${name} tabindex="0">
      ${children}
    </div>
    ${edges.isLong &&
    html`<div class="pages__turn">
      <button type="button" class="button" aria-disabled=${edges.atTop ? "true" : undefined} onClick=${() => turn(-1)}>
        <${Icon} name="up" /><span>${t("kiosk.page_up")}</span>
      </button>
      <button type="button" class="button" aria-disabled=${edges.atEnd ? "true" : undefined} onClick=${() => turn(1)}>
        <${Icon} name="down" /><span>${t("kiosk.page_down")}</span>
      </button>
    </div>`}
  </div>`;
}
