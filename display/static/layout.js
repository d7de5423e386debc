/**
 * How large the calls stand on a board.
 *
 * Capitals that are to be read from afar take 0.7° of the reader's view: 122 mm at 10 m. Where the screen's size and
 * the farthest reader's distance are known, as many rows are shown as have room for such letters.
 */

const VIEW_DEGREES = 0.7;
const CAPITAL_EM = 0.714; // of Noto Sans
// A row in measures of its number's size: the number's signs (a letter is wider), the counter's digits, the arrow and
// the room between.
const SIGN_EM = 0.6;
const LETTER_EM = 0.4;
const ARROW_EM = 0.75;
const ROOM_EM = 0.95;
const ROW_EM = 0.96;
const FIRST_ROW_EM = 1.08;
const FIRST_IS_LARGER = 1.5;
const FEWEST_LINES = 3;
// Earlier calls, side by side in one line: for who comes nearer to look.
const EARLIER_IS_SMALLER = 0.6;
const LEAST_EARLIER = 0.3;
const EARLIER_EM = 0.62;

/**
 * @param {{screen_mm?: [number, number] | null, distance_m?: number | null}} display
 * @param {{width: number, height: number}} view in CSS pixels
 * @returns {number | null} the size of letters, in pixels, that can be read at the display's distance
 */
export function readablePx({ screen_mm: screenMm, distance_m: distanceM }, view) {
  if (!screenMm || !distanceM) return null;
  return (capitalMm(distanceM) / CAPITAL_EM) * pxPerMm(screenMm, view);
}

/** @returns {number} how high capitals must be at a distance */
export function capitalMm(distanceM) {
  return 2000 * distanceM * Math.tan((VIEW_DEGREES / 360) * Math.PI);
}

/** @returns {number} from how far letters of a size can be read, in metres, rounded down to half metres */
export function readableM(px, screenMm, view) {
  const perMetrePx = (capitalMm(1) / CAPITAL_EM) * pxPerMm(screenMm, view);
  return Math.floor((2 * px) / perMetrePx) / 2;
}

// A camera reads a code from about ten times its width.
const QR_REACH = 10;
// The waiting and the messages share the board with it.
const QR_MOST = 0.3;

/**
 * @param {{screen_mm?: [number, number] | null, qr_distance_m?: number}} display
 * @param {{width: number, height: number}} view in CSS pixels
 * @param {number} share of the drawn width that the code has without its quiet zone
 * @returns {number | null} how wide it is drawn to be read from its distance; null where the screen's size is unknown
 */
export function codePx({ screen_mm: screenMm, qr_distance_m: distanceM }, view, share) {
  if (!screenMm || !distanceM) return null;
  const px = ((1000 * distanceM) / QR_REACH / share) * pxPerMm(screenMm, view);
  return Math.min(px, QR_MOST * Math.min(view.width, view.height));
}

function pxPerMm([width, height], view) {
  // A screen may hang upright while its size was written as it lies.
  const [along, across] = view.width >= view.height === width >= height ? [width, height] : [height, width];
  return Math.min(view.width / along, view.height / across);
}

/**
 * @typedef {object} Layout
 * @property {number} rows how many calls there is room for, the newest among them
 * @property {number} numberPx the size of their numbers
 * @property {number} firstPx that of the newest
 * @property {number} lines rows one above another
 * @property {number} firstLinePx how high the newest's row is
 * @property {number} linePx how high each other row is
 * @property {number} earlierPx how high the line of earlier calls is; 0 where there is no room for one
 * @property {number} earlier how many calls it holds
 * @property {number} counterEm how wide a counter's number is, in measures of its size
 * @property {boolean} fits whether all can be read at the distance
 */

/**
 * @param {object} options
 * @param {{width: number, height: number}} options.box the room for calls
 * @param {number} options.columns below the newest, which has the whole width
 * @param {number} options.most lines at most
 * @param {number} options.signs of the longest ticket number
 * @param {number} options.digits of the longest counter number
 * @param {number} options.gap between rows, in pixels
 * @param {number | null} options.neededPx
 * @returns {Layout}
 */
export function fitCalls({ box, columns, most, signs, digits, gap, neededPx }) {
  const counterEm = digits * SIGN_EM;
  const widthEm = signs * SIGN_EM + LETTER_EM + counterEm + ARROW_EM + ROOM_EM;
  const widest = (box.width - (columns - 1) * gap) / columns / widthEm;
  const sizeOf = (lines) =>
    Math.min(widest, (box.height - (lines - 1) * gap) / (FIRST_ROW_EM + (lines - 1) * ROW_EM));
  let lines = most;
  // Fewer lines help only while the height is what keeps the letters small.
  while (lines > FEWEST_LINES && sizeOf(lines) < (neededPx ?? 0) && sizeOf(lines) < widest) lines -= 1;
  // The newest is larger, as far as the others can spare the room.
  const size = sizeOf(lines);
  const numberPx = neededPx === null ? size * 0.94 : Math.min(size, Math.max(neededPx, size * 0.94));
  const left = box.height - (lines - 1) * (ROW_EM * numberPx + gap);
  const firstPx = Math.min(box.width / widthEm, left / FIRST_ROW_EM, numberPx * FIRST_IS_LARGER);
  // What is left below becomes a line of earlier calls, if it is high enough for one.
  const usedPx = FIRST_ROW_EM * firstPx + (lines - 1) * (ROW_EM * numberPx + gap);
  const earlierPx = Math.min(box.height - usedPx - gap, ROW_EM * numberPx * EARLIER_IS_SMALLER);
  const hasEarlier = earlierPx >= LEAST_EARLIER * numberPx;
  const height = box.height - (hasEarlier ? earlierPx + gap : 0);
  const sharePx = (height - (lines - 1) * gap) / lines;
  const firstLinePx = Math.max(FIRST_ROW_EM * firstPx, Math.min(sharePx, height - (lines - 1) * (ROW_EM * numberPx + gap)));
  const earlierEm = (signs + digits) * SIGN_EM + LETTER_EM + ROOM_EM;
  return {
    rows: 1 + (lines - 1) * columns,
    lines,
    numberPx,
    firstPx,
    firstLinePx,
    linePx: (height - firstLinePx) / (lines - 1) - gap,
    earlierPx: hasEarlier ? earlierPx : 0,
    earlier: hasEarlier ? Math.floor(box.width / (EARLIER_EM * earlierPx * earlierEm)) : 0,
    counterEm,
    fits: neededPx === null || size >= neededPx - 0.5,
  };
}
