import { useEffect, useReducer } from "/static/js/html.js";

const EACH_MS = 8000;

const stateLanguage = document.documentElement.dataset.stateLanguage ?? document.documentElement.lang;

/**
 * The language of the moment: the state language, then in turn those of the visitors who are called.
 *
 * The turn hangs on the clock, so that all boards of a hall change together.
 *
 * @param {object | null} board
 * @returns {{code: string, turn: number}}
 */
export function useSpoken(board) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    let timer;
    const wait = () => {
      timer = setTimeout(() => (redraw(), wait()), EACH_MS - (Date.now() % EACH_MS));
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
  const called = (board?.calls ?? []).map(({ language }) => language).filter(Boolean);
  const known = new Set(board?.languages ?? []);
  const codes = [...new Set([stateLanguage, ...called.filter((code) => known.has(code)).sort()])];
  const turn = Math.floor(Date.now() / EACH_MS);
  return { code: codes[turn % codes.length], turn };
}
