/** True millimetres on the kiosk's own glass. */

// A 27-inch portrait touchscreen, where config.yaml does not say.
const USUAL_SCREEN_MM = [336, 597];

/**
 * Keep the role --mm, the length of one millimetre, true to the configured glass.
 *
 * The diagonal is compared, so that either way of hanging the screen, or a window on a desk, keeps the layout.
 *
 * @param {[number, number] | null} screenMm width and height
 */
export function keepScale(screenMm) {
  const diagonalMm = Math.hypot(...(screenMm ?? USUAL_SCREEN_MM));
  const apply = () => {
    const pixels = Math.hypot(document.documentElement.clientWidth, window.innerHeight) / diagonalMm;
    document.documentElement.style.setProperty("--mm", `${pixels.toFixed(4)}px`);
  };
  apply();
  addEventListener("resize", apply);
}
