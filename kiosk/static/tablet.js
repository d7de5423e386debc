/** The counter's tablet: at rest, or asking the visitor just served, or thanking; then at rest again. */
import { html, render } from "/static/js/html.js";
import { request } from "/static/js/http.js";
import { connect } from "/static/js/socket.js";
import { readJson } from "/static/js/state.js";
import { createStore, useStore } from "/static/js/store.js";
import { languages, name, setLanguage, t } from "/static/js/wording.js";
import { Faces } from "./tablet-faces.js";

const THANKS_MS = 6000;
// Whoever has begun to choose is not cut off in the middle of it.
const TOUCHED_MS = 20000;

const page = readJson("state");
const stateLanguage = document.documentElement.dataset.stateLanguage;
const store = createStore({ view: "rest", ask: null, score: 0, isSending: false, isRefused: false });
const done = new Set();
let timer;

/** Show a view, and what comes after a time. */
function show(state, afterMs) {
  clearTimeout(timer);
  store.set({ score: 0, isSending: false, isRefused: false, ask: null, ...state });
  setLanguage(state.ask?.language ?? state.language ?? stateLanguage);
  if (afterMs) timer = setTimeout(rest, afterMs);
}

function rest() {
  show({ view: "rest" });
}

/** @param {{ask: object | null}} message the whole of what the server has to say */
function receive({ ask }) {
  const { view, ask: shown } = store.get();
  if (ask === null || done.has(ask.rating_token)) {
    if (view === "ask") rest();
    return;
  }
  if (view === "ask" && shown.rating_token === ask.rating_token) return;
  show({ view: "ask", ask }, ask.left_s * 1000);
}

function choose(score) {
  clearTimeout(timer);
  timer = setTimeout(rest, TOUCHED_MS);
  store.update({ score, isRefused: false });
}

function skip() {
  done.add(store.get().ask.rating_token);
  rest();
}

async function send(event) {
  event.preventDefault();
  const { ask, score, isSending } = store.get();
  if (score === 0 || isSending) return;
  clearTimeout(timer);
  store.update({ isSending: true, isRefused: false });
  const answer = await request("POST", `/api/v1/ratings/${ask.rating_token}`, { score });
  // Rated meanwhile on the telephone: the vote is given, which is all that the visitor wants to know.
  if (answer.ok || answer.status === 409) {
    done.add(ask.rating_token);
    show({ view: "thanks", language: ask.language }, THANKS_MS);
    return;
  }
  store.update({ isSending: false, isRefused: true });
  timer = setTimeout(rest, TOUCHED_MS);
}

function Rest() {
  return html`<div class="rest">
    <h1 class="rest__counter">${t("tablet.counter")}${" "}<strong class="number">${page.counter}</strong></h1>
    <ul class="rest__texts">
      ${languages().map((code) => html`<li key=${code} lang=${code}>${t("tablet.rest", {}, code)}</li>`)}
    </ul>
  </div>`;
}

function Ask({ ask, score, isSending, isRefused }) {
  return html`<form class="ask" onSubmit=${send}>
    <h1>${t("tablet.question")}</h1>
    <p class="ask__service">${name(ask.service)}</p>
    <${Faces} score=${score} onChoose=${choose} />
    <p class="ask__privacy">${t("tablet.privacy")}</p>
    <p class="ask__refused" role="alert">${isRefused ? t("tablet.refused") : ""}</p>
    <div class="ask__acts">
      <button type="button" class="button button--large" onClick=${skip}>${t("tablet.skip")}</button>
      <button class="button button--primary button--large" disabled=${score === 0 || isSending}>${t("tablet.send")}</button>
    </div>
  </form>`;
}

function Thanks() {
  return html`<div class="thanks" role="status">
    <h1>${t("tablet.thanks")}</h1>
    <p>${t("tablet.thanks_text")}</p>
  </div>`;
}

function Tablet() {
  const state = useStore(store);
  return html`<main class="tablet" data-view=${state.view}>
    ${state.view === "ask" && html`<${Ask} key=${state.ask.rating_token} ...${state} />`}
    ${state.view === "thanks" && html`<${Thanks} />`}
    ${state.view === "rest" && html`<${Rest} />`}
  </main>`;
}

render(html`<${Tablet} />`, document.getElementById("app"));
receive({ ask: page.ask });
connect("/tablet", { on: { ask: receive } });
