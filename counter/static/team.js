/** The team's tablet: today's visits, one after another, with network or without. */
import { html, render, useState } from "/static/js/html.js";
import { readJson } from "/static/js/state.js";
import { useStore } from "/static/js/store.js";
import { t, useLanguage } from "/static/js/wording.js";
import { keepFocus } from "./keep-focus.js";
import { TeamBar } from "./team-bar.js";
import { TeamDay } from "./team-day.js";
import { TeamDialog } from "./team-dialogs.js";
import { inHand, project } from "./team-projection.js";
import { makeReady } from "./team-ready.js";
import { VisitCard } from "./team-visit.js";
import { Unsent } from "./team-unsent.js";

const page = readJson("state");
const day = new TeamDay(page);

function Team() {
  useLanguage();
  const state = useStore(day.store);
  const [dialog, show] = useState(null);
  const { kept } = state;
  const now = kept.pack && !day.isForeign() ? project(kept.pack, kept.acts) : null;
  const rates = Boolean(kept.pack?.rates);
  return html`<${TeamBar} day=${day} page=${page} state=${state} />
    <main class="team" data-state=${now?.state} data-place="main" tabindex="-1">
      <${Unsent} day=${day} state=${state} />
      ${!kept.pack && html`<p class="empty quiet">${t("team.loading")}</p>`}
      ${now && html`<${Visits} now=${now} rates=${rates} show=${show} />`}
    </main>
    ${dialog && html`<${TeamDialog} day=${day} pack=${kept.pack} dialog=${dialog} onClose=${() => show(null)} />`}`;
}

function Visits({ now, rates, show }) {
  const { state, visits } = now;
  const current = inHand(visits);
  const next = visits.find((each) => each.state === "waiting");
  const rest = visits.filter((each) => each !== current);
  if (state === "closed") return html`<${Closed} visits=${visits} />`;
  return html`${current && html`<${VisitCard} day=${day} visit=${current} isCurrent show=${show} />`}
    <section class="team__list" aria-labelledby="visits">
      <h2 id="visits">${t("team.visits", { n: visits.length })}</h2>
      ${visits.length === 0 && html`<p class="empty quiet">${t("team.empty")}</p>`}
      <ol>
        ${rest.map(
          (visit) => html`<li key=${visit.ticket}>
            <${VisitCard} day=${day} visit=${visit} isNext=${visit === next && !current} mayCall=${!current} rates=${rates} show=${show} />
          </li>`,
        )}
      </ol>
    </section>
    <p class="team__end">
      <button type="button" class="button" disabled=${Boolean(current)} onClick=${() => show({ kind: "close" })}>${t("team.close")}</button>
    </p>`;
}

function Closed({ visits }) {
  const waiting = visits.filter((each) => ["waiting", "held"].includes(each.state)).length;
  return html`<section class="team__closed">
    <h2>${t("team.today")}</h2>
    <p>${waiting ? t("team.waiting", { n: waiting }) : t("team.empty")}</p>
    <button type="button" class="button button--primary button--large" data-verb="open" onClick=${() => day.act("open")}>${t("team.open")}</button>
    ${visits.length > 0 && html`<ol class="team__brief">
      ${visits.map((visit) => html`<li><span class="number">${visit.number}</span> <span class="chip" data-state=${visit.state}>${t(`team.state_${visit.state}`)}</span></li>`)}
    </ol>`}
  </section>`;
}

render(html`<${Team} />`, document.getElementById("screen"));
keepFocus();
day.start();
makeReady((isReady) => day.store.update({ isReady }));
