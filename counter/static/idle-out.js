/** Sign out a terminal that was left alone; the counter stays open and the visitor in hand. */
import { request } from "/static/js/http.js";
import { watchIdle } from "/static/js/idle.js";

const TELL_EVERY_MS = 60_000;

/** @param {number} minutes without an act */
export function signOutWhenIdle(minutes) {
  watchIdle({
    afterMs: minutes * 60_000,
    warnMs: 0,
    onWarn: () => {},
    onStay: () => {},
    onIdle: leave,
  });
  // The server counts too: somebody who only reads and points is not away.
  let toldAt = Date.now();
  const tell = () => {
    if (Date.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = Date.now();
    request("GET", "/api/v1/me");
  };
  for (const sign of ["pointerdown", "pointermove", "keydown"]) addEventListener(sign, tell, { passive: true });
}

function leave() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sign-out";
  const fields = { csrf_token: document.querySelector('meta[name="csrf-token"]').content, next: location.pathname };
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
