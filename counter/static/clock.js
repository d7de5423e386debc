import { useEffect, useReducer } from "/static/js/html.js";

/** Draw a component again every second, for what counts up. */
export function useSeconds() {
  const [, tick] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
}

/**
 * @param {number} seconds
 * @returns {string} "4:07", or "1:02:09" from an hour on
 */
export function stopwatch(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, place) => (place === 0 ? part : String(part).padStart(2, "0"))).join(":");
}
