import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { closedWords } from "./attract.js";
import { mostUsed, obstacle, offers } from "./catalogue.js";
import { Pages } from "./pages.js";
import { ServiceRows } from "./service-rows.js";
import { askCode, chooseMany, go, store } from "./session.js";

const TABS = ["used", "agency", "group"];
const KINDS = ["state", "utility", "private"];

/** What have you come for? The most used at once, or by institution, or by subject, or by typing. */
export function Home({ state }) {
  const { catalogue, tab, isMany } = state;
  return html`<div class="screen">
    <div class="screen__head">
    <h1 class="screen__title" tabindex="-1" data-first>${t(isMany ? "kiosk.several_title" : "kiosk.what_for")}</h1>
    ${!catalogue.open && html`<p class="notice notice--warn">${closedWords(catalogue)} ${t("kiosk.closed_look")}</p>`}
    </div>
    ${!isMany && html`<${Doors} isOpen=${catalogue.open} />`}
    <div class="stack home__ways">
    <button type="button" class="search-door" onClick=${() => go("search", { query: "" })}>
      <${Icon} name="search" /><span>${t("kiosk.search_door")}</span>
    </button>
    <div class="tabs" role="group" aria-label=${t("kiosk.ways")}>
      ${TABS.map(
        (each) => html`<button
          type="button"
          class="tab"
          aria-pressed=${each === tab ? "true" : "false"}
          onClick=${() => store.update({ tab: each })}
        >
          ${t(`kiosk.tab_${each}`)}
        </button>`,
      )}
    </div>
    </div>
    <${Pages} name=${t(`kiosk.tab_${tab}`)} key=${tab}>
      ${tab === "used" && html`<${ServiceRows} offers=${mostUsed(catalogue)} catalogue=${catalogue} withAgency />`}
      ${tab === "agency" && html`<${Agencies} catalogue=${catalogue} />`}
      ${tab === "group" && html`<${Groups} catalogue=${catalogue} />`}
    <//>
  </div>`;
}

/** For whoever comes with something in hand, or with more than one wish. */
function Doors({ isOpen }) {
  const doors = [
    { icon: "calendar", key: "appointment", onTap: () => askCode("appointment") },
    { icon: "collect", key: "collect", onTap: () => askCode("collect") },
    ...(isOpen ? [{ icon: "several", key: "several", onTap: chooseMany }] : []),
  ];
  return html`<ul class="doors">
    ${doors.map(
      ({ icon, key, onTap }) => html`<li key=${key}>
        <button type="button" class=${`door door--${key}`} onClick=${onTap}>
          <${Icon} name=${icon} /><span>${t(`kiosk.door_${key}`)}</span>
        </button>
      </li>`,
    )}
  </ul>`;
}

function Agencies({ catalogue }) {
  const kinds = KINDS.filter((kind) => catalogue.agencies.some((agency) => agency.kind === kind));
  return kinds.map(
    (kind) => html`<section key=${kind} class="kind">
      <h2 class="kind__title">${t(`kiosk.kind_${kind}`)}</h2>
      <ul class="tiles">
        ${catalogue.agencies
          .filter((agency) => agency.kind === kind)
          .map((agency) => html`<${Tile} kind="agency" owner=${agency} services=${agency.services} catalogue=${catalogue} />`)}
      </ul>
    </section>`,
  );
}

function Groups({ catalogue }) {
  const all = offers(catalogue);
  const servicesOf = (group) => all.map(({ service }) => service).filter((service) => service.group === group.key);
  const groups = catalogue.groups.map((group) => ({ group, services: servicesOf(group) }));
  return html`<ul class="tiles">
    ${groups
      .filter(({ services }) => services.length > 0)
      .sort((a, b) => b.services.length - a.services.length)
      .map(({ group, services }) => html`<${Tile} kind="group" owner=${group} services=${services} catalogue=${catalogue} />`)}
  </ul>`;
}

function Tile({ kind, owner, services, catalogue }) {
  const open = services.filter((service) => obstacle(catalogue, service) === null);
  const waiting = open.reduce((sum, service) => sum + service.waiting, 0);
  const lang = nameLanguage(owner.name);
  return html`<li>
    <button type="button" class="tile" onClick=${() => go("list", { list: { kind, key: owner.key } })}>
      <span class="tile__name" lang=${lang}>${name(owner.name)}</span>
      <span class="tile__facts">
        <span>${t("kiosk.services_n", { n: services.length })}</span>
        ${open.length > 0 &&
        html`<span class="tile__waiting">
          <${Icon} name="people" /><span aria-hidden="true">${waiting}</span>
          <span class="visually-hidden">${t("kiosk.waiting_n", { n: waiting })}</span>
        </span>`}
      </span>
    </button>
  </li>`;
}
