import { useEffect, useReducer } from "/static/js/html.js";

export const stateLanguage = document.documentElement.dataset.stateLanguage ?? document.documentElement.lang;

/**
 * The language of the moment: the state language, then in turn those of the visitors who are called, or all.
 *
 * The turn hangs on the server's clock, so that all boards of a hall change together.
 *
 * @param {import("./hall.js").Hall} hall
 * @param {object | null} board
 * @param {{language_s: number, languages: "called" | "all"}} settings
 * @returns {{code: string, turn: number}}
 */
export function useSpoken(hall, board, settings) {
  const eachMs = settings.language_s * 1000;
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    let timer;
    const wait = () => {
      timer = setTimeout(() => (redraw(), wait()), eachMs - (hall.now() % eachMs) + 1);
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
  const turn = Math.floor(hall.now() / eachMs);
  const codes = spokenOn(board, settings.languages);
  return { code: codes[turn % codes.length], turn };
}

function spokenOn(board, which) {
  const known = board?.languages ?? [];
  const called = new Set((board?.calls ?? []).map(({ language }) => language));
  const others = which === "all" ? known : known.filter((code) => called.has(code)).sort();
  return [...new Set([stateLanguage, ...others])];
}
