/** The live connection: the whole state on connect, and whole again after each change. */
import { io } from "socket.io-client";
import { request } from "./http.js";

const RECONNECT_FIRST_MS = 250;
const RECONNECT_LAST_MS = 5000;

/**
 * @param {string} namespace such as "/hall"
 * @param {object} options
 * @param {Record<string, string>} [options.query]
 * @param {Record<string, string>} [options.auth]
 * @param {Record<string, (message: any) => void>} options.on a function for each event
 * @param {(isLive: boolean) => void} [options.onLive]
 * @param {(reason: string) => void} [options.onRefused] the server answered, and does not let this client in
 * @returns {{close: () => void, emit: (event: string, message?: any) => void}}
 */
export function connect(namespace, { query, auth, on, onLive = () => {}, onRefused = () => {} }) {
  const socket = io(namespace, {
    query,
    auth,
    // Polling first would need sticky sessions between workers; poll() below is the fallback instead.
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: RECONNECT_FIRST_MS,
    reconnectionDelayMax: RECONNECT_LAST_MS,
    randomizationFactor: 0.5,
    timeout: RECONNECT_LAST_MS,
  });
  let retry;
  const retryLater = () => {
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), RECONNECT_LAST_MS);
  };
  socket.on("connect", () => onLive(true));
  socket.on("disconnect", (reason) => {
    onLive(false);
    // The client library comes back by itself, except when the server said goodbye.
    if (reason === "io server disconnect") retryLater();
  });
  socket.on("connect_error", (error) => {
    onLive(false);
    if (socket.active) return;
    onRefused(error.message);
    retryLater();
  });
  for (const [event, listener] of Object.entries(on)) socket.on(event, listener);
  return {
    close: () => {
      clearTimeout(retry);
      socket.close();
    },
    emit: (event, message) => socket.emit(event, message),
  };
}

/**
 * Ask for the whole state again and again, for as long as there is no live connection.
 *
 * @param {string} url
 * @param {number} everyMs
 * @param {(answer: import("./http.js").Answer) => void} onAnswer called for failures too (status 0)
 * @returns {() => void} stops it
 */
export function poll(url, everyMs, onAnswer) {
  let timer;
  let isStopped = false;
  const ask = async () => {
    const answer = await request("GET", url);
    if (isStopped) return;
    onAnswer(answer);
    timer = setTimeout(ask, everyMs);
  };
  timer = setTimeout(ask, everyMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
