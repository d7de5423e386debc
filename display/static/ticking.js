import { useEffect, useReducer } from "/static/js/html.js";

/** Draw a component again each second: for what depends on the time. */
export function useEverySecond() {
  const [, tick] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
}
