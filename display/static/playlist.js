import { html, useEffect, useState } from "/static/js/html.js";

/** Where the playlist goes on after it had given way to calls, and what could not be shown. */
let place = 0;
const broken = new Set();

/**
 * Pictures and muted films, one after another, below the calls that are awaited.
 *
 * @param {object} props
 * @param {object} props.page the page's state, with `playlist: [{url, kind}]`
 * @param {number} props.keptLines how many lines of calls stay above
 * @param {import("./layout.js").Layout & {gapPx: number}} props.layout
 */
export function Playlist({ page, keptLines, layout }) {
  const [, setPlace] = useState(place);
  const items = page.playlist.filter(({ url }) => !broken.has(url));
  const next = () => setPlace((place += 1));
  const item = items[place % items.length];
  const skip = () => (broken.add(item.url), next());
  useEffect(() => {
    if (item?.kind !== "picture") return undefined;
    const timer = setTimeout(next, page.settings.picture_s * 1000);
    return () => clearTimeout(timer);
  }, [place]);
  if (!item) return null;
  const keptPx = keptLines > 0 ? layout.firstLinePx + layout.gapPx + (keptLines - 1) * (layout.linePx + layout.gapPx) : 0;
  return html`<div class="playlist" style=${{ "--kept": `${keptPx}px` }} aria-hidden="true">
    ${item.kind === "film"
      ? html`<video key=${item.url} src=${item.url} muted autoplay playsinline disablepictureinpicture loop=${items.length === 1}
          ref=${keepMuted} onEnded=${next} onError=${skip}></video>`
      : html`<img key=${item.url} src=${item.url} alt="" onError=${skip} />`}
  </div>`;
}

/** A hall's sound is for calls; the attribute alone does not mute what a script has made. */
function keepMuted(video) {
  if (video) video.muted = true;
}
