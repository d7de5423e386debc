/** The reception desk: one page with parts, each a key away. */
import { html, render } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { t, useLanguage } from "/static/js/wording.js";
import { signOutWhenIdle } from "./idle-out.js";
import { AppointmentsPart } from "./reception-appointments.js";
import { DeskBar } from "./reception-bar.js";
import { CheckInPart } from "./reception-check-in.js";
import { Desk } from "./reception-desk.js";
import { FindPart } from "./reception-find.js";
import { IssuePart } from "./reception-issue.js";
import { OutreachPart } from "./reception-outreach.js";
import { keepFocus } from "./keep-focus.js";
import { listenForDeskKeys } from "./reception-keys.js";

const page = readJson("state");
const asked = location.hash.slice(1);
const desk = new Desk({ part: page.parts.includes(asked) ? asked : page.parts[0], hasTeams: page.parts.includes("outreach") });
const SHOWN = { issue: IssuePart, find: FindPart, check_in: CheckInPart, outreach: OutreachPart, appointments: AppointmentsPart };

function Reception() {
  useLanguage();
  const state = useStore(desk.store);
  const Part = SHOWN[state.part];
  return html`<${DeskBar} page=${page} state=${state} />
    <div class="reception">
      <${Parts} state=${state} />
      <main class="reception__part" data-part=${state.part} data-place="part" tabindex="-1">
        <${Told} notice=${state.notice} />
        <${Part} desk=${desk} page=${page} state=${state} />
      </main>
    </div>`;
}

function Parts({ state }) {
  const waits = { outreach: state.requests.length };
  return html`<nav class="parts" aria-label=${t("reception.parts")}>
    ${desk.parts().map(
      (part, place) => html`<button type="button" class="parts__one" data-part=${part} aria-current=${state.part === part ? "page" : undefined}
        aria-keyshortcuts=${place + 1} onClick=${() => desk.go(part)}>
        <kbd class="key" aria-hidden="true">${place + 1}</kbd>
        <span>${t(`reception.part_${part}`)}</span>
        ${waits[part] > 0 && html`<span class="parts__count number">${waits[part]}<span class="visually-hidden"> ${t("reception.wait_for_answer")}</span></span>`}
      </button>`,
    )}
    <a class="parts__away" href="/print-desk">${t("reception.print_desk")}</a>
    <a class="parts__away" href="/documents">${t("counter.documents")}</a>
    <p class="parts__hint small quiet">${t("reception.keys_hint")}</p>
  </nav>`;
}

function Told({ notice }) {
  return html`<div class="notices">
    <div role="status">${notice && notice.kind !== "bad" && html`<${Line} notice=${notice} />`}</div>
    <div role="alert">${notice?.kind === "bad" && html`<${Line} notice=${notice} />`}</div>
  </div>`;
}

function Line({ notice }) {
  return html`<div class=${`notice notice--${notice.kind} told`}>
    <p>${notice.text ?? t(notice.key)}</p>
    ${notice.href && html`<a class="button" href=${notice.href}>${t("counter.sign_in")}</a>`}
    <button type="button" class="button told__close" aria-label=${t("counter.dismiss")} onClick=${() => desk.dismiss()}>×</button>
  </div>`;
}

render(html`<${Reception} />`, document.getElementById("screen"));
keepFocus();
desk.start();
listenForDeskKeys(desk);
if (page.idle_minutes) signOutWhenIdle(page.idle_minutes);
