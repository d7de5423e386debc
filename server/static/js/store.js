import { useEffect, useReducer } from "preact/hooks";

/**
 * @template S
 * @typedef {object} Store one screen's whole state, as last received
 * @property {() => S} get
 * @property {(state: S) => void} set the whole state anew
 * @property {(changes: Partial<S>) => void} update some of its fields
 * @property {(listener: (state: S) => void) => () => void} subscribe answers how to stop
 */

/**
 * @template S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
  const listeners = new Set();
  let state = initial;
  const set = (next) => {
    state = next;
    for (const listener of [...listeners]) listener(state);
  };
  return {
    get: () => state,
    set,
    update: (changes) => set({ ...state, ...changes }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Read a store in a component, which is drawn again on every change.
 *
 * @template S
 * @param {Store<S>} store
 * @returns {S}
 */
export function useStore(store) {
  const [, redraw] = useReducer((count) => count + 1, 0);
  useEffect(() => store.subscribe(redraw), [store]);
  return store.get();
}
