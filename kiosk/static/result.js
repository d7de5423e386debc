import { html } from "../../static/js/html.js";
import { Arrow, Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { Pages } from "./pages.js";
import { reset } from "./session.js";
import { WaitWords } from "./wait-words.js";

/** The number, where to wait with it, how long, and the same on the visitor's own phone. */
export function Result({ state }) {
  const { ticket } = state;
  const isPaperless = ticket.print !== null && stageOf(ticket.print) === "not_printed";
  return html`<div class=${isPaperless ? "screen result result--paperless" : "screen result"}>
    ${isPaperless && html`<${Printing} print=${ticket.print} />`}
    <${Pages} name=${t("kiosk.your_number")}>
    <article class=${ticket.services.length > 1 || ticket.came_late ? "slip slip--many" : "slip"}>
      <p class="slip__label">${t("kiosk.your_number")}</p>
      <h1 class="slip__number number" tabindex="-1" data-first>${ticket.number}</h1>
      <${Services} ticket=${ticket} />
      <div class="slip__tear"></div>
      <div class="slip__where">
        <${Icon} name="pin" />
        <div>
          <p class="slip__zone">
            <span>${t("kiosk.wait_in")}</span>
            <strong lang=${nameLanguage(ticket.zone_name)}>${name(ticket.zone_name)}</strong>
          </p>
          ${ticket.where && html`<p lang=${nameLanguage(ticket.where)}>${name(ticket.where)}</p>`}
        </div>
      </div>
      <div class="slip__when">
        <${Icon} name="clock" />
        <div>
          ${ticket.state === "waiting"
            ? html`<${WaitWords} wait=${ticket.wait} at=${ticket.at} />
                ${ticket.ahead !== null && html`<p>${aheadWords(ticket.ahead)}</p>`}
                ${ticket.came_late && html`<p class="came-late">${t("kiosk.came_late")}</p>`}`
            : html`<${Called} ticket=${ticket} />`}
        </div>
      </div>
      <div class="slip__phone">
        <img class="slip__qr" src=${ticket.links.qr ?? `/q/${ticket.token}.svg`} alt=${t("kiosk.qr_alt")} />
        <div>
          <p>${t("kiosk.qr_words")}</p>
          <p class="slip__code"><span>${t("kiosk.code")}</span> <strong class="number">${ticket.code}</strong></p>
        </div>
      </div>
    </article>
    <//>
    ${!isPaperless && html`<${Printing} print=${ticket.print} />`}
    <button type="button" class="button button--primary take" onClick=${reset}>${t("kiosk.done")}</button>
  </div>`;
}

// What comes first, and what follows under the same number.
function Services({ ticket }) {
  const all = ticket.services.filter(({ state }) => state === "waiting");
  if (all.length < 2) {
    return html`<p class="slip__service" lang=${nameLanguage(ticket.service_name)}>${name(ticket.service_name)}</p>`;
  }
  return html`<ol class="slip__services">
    ${all.map((each) => html`<li lang=${nameLanguage(each.name)} key=${each.service}>${name(each.name)}</li>`)}
  </ol>`;
}

function aheadWords(n) {
  return n > 0 ? t("kiosk.ahead_n", { n }) : t("kiosk.ahead_none");
}

// On a quiet day the number is called before its slip is out.
function Called({ ticket }) {
  if (ticket.state !== "called") return html`<p class="wait__times">${t("kiosk.ticket_over")}</p>`;
  return html`<p class="wait__times slip__called" role="alert">
    ${t("kiosk.called_to", { counter: ticket.counter })} <${Arrow} arrow=${ticket.arrow} />
  </p>`;
}

// A job that waits for its printer says why: the visitor need not wait with it, the phone shows the same.
function stageOf({ state, reason }) {
  return reason ? "not_printed" : (PRINTING[state] ?? "not_printed");
}

function wordsOf(stage, { reason }) {
  return stage === "not_printed" && reason === "paper_out" ? "no_paper" : stage;
}

const PRINTING = { queued: "printing", sending: "printing", printed: "printed" };

function Printing({ print }) {
  if (!print) return null;
  const stage = stageOf(print);
  return html`<p class=${`printing printing--${stage}`} role="status">
    <${Icon} name=${stage === "not_printed" ? "alert" : "printer"} /><span>${t(`kiosk.${wordsOf(stage, print)}`)}</span>
  </p>`;
}
