/** Preact and htm, bound once: every component says html`…` and needs no build step. */
import { Component, Fragment, createContext, h, render } from "preact";
import htm from "htm";

export const html = htm.bind(h);
export { Component, Fragment, createContext, h, render };
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "preact/hooks";
