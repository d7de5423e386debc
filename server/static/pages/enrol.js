/** A new device: show a code, wait until somebody has typed it, and go where the server says. */
import { request } from "/static/js/http.js";

const ASK_EVERY_MS = 2000;
const TRY_AGAIN_MS = 15000;
const QUIET_SQUARES = 4;
const GONE = 410;
const TOO_MANY = 429;

const box = document.getElementById("pairing");
const note = document.getElementById("note");
const waiting = note.textContent;

async function begin() {
  const answer = await request("POST", "/enrol/code");
  if (!answer.ok) {
    note.textContent = answer.status === TOO_MANY ? box.dataset.busy : box.dataset.away;
    setTimeout(begin, TRY_AGAIN_MS);
    return;
  }
  show(answer.data);
  setTimeout(ask, ASK_EVERY_MS);
}

async function ask() {
  const answer = await request("POST", "/enrol/collect");
  if (answer.ok && answer.data.to) {
    location.replace(answer.data.to);
    return;
  }
  if (answer.status === GONE) {
    note.textContent = box.dataset.ended;
    await begin();
    return;
  }
  note.textContent = answer.ok ? waiting : box.dataset.away;
  setTimeout(ask, ASK_EVERY_MS);
}

function show({ code, qr }) {
  const text = `${code.slice(0, 3)} ${code.slice(3)}`;
  document.getElementById("code").textContent = text;
  note.textContent = waiting;
  const picture = document.getElementById("qr");
  const size = qr.length + 2 * QUIET_SQUARES;
  picture.setAttribute("viewBox", `-${QUIET_SQUARES} -${QUIET_SQUARES} ${size} ${size}`);
  const squares = qr.flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x} ${y}h1v1h-1z` : "")));
  picture.querySelector("path").setAttribute("d", squares.join(""));
  picture.removeAttribute("hidden");
}

begin();
