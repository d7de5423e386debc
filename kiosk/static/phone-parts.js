/** The parts of the ticket's page; templates/kiosk/phone.html draws the same for the first view. */
import { html } from "../../static/js/html.js";
import { Arrow, Icon } from "../../static/js/icons.js";
import { OnceButton } from "../../static/js/once-button.js";
import { language, name, nameLanguage, t, time } from "../../static/js/wording.js";
import { waitTimes } from "../../static/js/wait.js";

/** A name in the reader's language, or marked with the one it is in. */
export function Named({ names, as: tag = "span" }) {
  const code = nameLanguage(names);
  return html`<${tag} lang=${code === language() ? undefined : code}>${name(names)}<//>`;
}

export function Place({ ticket }) {
  return html`<section class="place" data-state=${ticket.state}>
    <p class="place__label">${t("phone.your_number")}</p>
    <h1 class="place__number number">${ticket.number}</h1>
    <p class="place__service"><${Named} names=${ticket.service_name} /></p>
    <p class="place__state" role="status">${t(`phone.state_${ticket.state}`)}</p>
  </section>`;
}

export function Wait({ ticket: { wait, at, ahead } }) {
  const times = wait && waitTimes(wait, at);
  return html`<section class="panel">
    <h2 class="panel__label">${t("phone.wait_label")}</h2>
    ${!wait && html`<p>${t("phone.wait_unknown")}</p>`}
    ${times?.isSoon && html`<p class="panel__figure">${t("phone.wait_soon")}</p>`}
    ${times &&
    !times.isSoon &&
    html`<p class="panel__figure">${t("phone.wait_about", { from: time(times.from), to: time(times.to) })}</p>
      <p>${t("phone.wait_by", { by: time(times.by) })}</p>`}
    ${wait?.rough && html`<p class="quiet">${t("phone.wait_rough")}</p>`}
    ${ahead !== null &&
    html`<p class="panel__ahead">${ahead > 0 ? t("phone.ahead_n", { n: ahead }) : t("phone.ahead_none")}</p>`}
  </section>
  ${wait && (times.isSoon || ahead === 0) && html`<p class="notice notice--warn near" role="status">${t("phone.near")}</p>`}`;
}

/** The services of a visit that has several, and which are over. */
export function Visit({ ticket: { services } }) {
  if (services.length < 2) return null;
  return html`<section class="panel">
    <h2 class="panel__label">${t("phone.visit")}</h2>
    <ol class="visit">
      ${services.map(
        ({ name: names, state }) => html`<li data-state=${state}>
          <${Named} names=${names} /> <span class="visit__state">${t(`phone.request_${state}`)}</span>
        </li>`,
      )}
    </ol>
  </section>`;
}

/** The ways to the other pages of this ticket. */
export function Doors({ ticket: { token, number, state, links } }) {
  const door = (path, words) => html`<a class="door" href=${`${path}?language=${language()}`}>${t(words)}</a>`;
  const isStill = ["waiting", "called", "held"].includes(state);
  return html`<nav class="doors" aria-label=${`${t("phone.your_number")} ${number}`}>
    ${state === "waiting" && door(`/t/${token}/later`, "phone.more_time")}
    ${["waiting", "held"].includes(state) && door(`/t/${token}/add`, "phone.add_service")}
    ${door(links.why, "phone.why")}
    ${isStill && html`<a class="door" href=${`/tickets/${token}.pdf`}>${t("phone.pdf")}</a>`}
  </nav>`;
}

export function Counter({ ticket: { state, counter, arrow } }) {
  if (counter === null) return null;
  return html`<section class="panel counter" data-state=${state}>
    <h2 class="panel__label">${t("phone.counter")}</h2>
    <p class="counter__number number">${counter}</p>
    ${state === "called" &&
    arrow &&
    arrow !== "none" &&
    html`<p class="counter__arrow"><${Arrow} arrow=${arrow} /> <span>${t(`phone.arrow_${arrow}`)}</span></p>`}
  </section>`;
}

export function Rate({ ticket }) {
  return ticket.services
    .filter((service) => service.rating_token)
    .map((service) =>
      service.rated
        ? html`<p class="notice notice--good rate-thanks">${t("phone.rated")} <${Named} names=${service.name} /></p>`
        : html`<a
            class="button button--primary button--large button--wide rate"
            href=${`/r/${service.rating_token}?language=${language()}`}
          >
            <span>${t("phone.rate")}</span> <${Named} names=${service.name} />
          </a>`,
    );
}

export function Sound({ hasSound, onAllow }) {
  if (hasSound) return html`<p class="notice notice--good sound"><${Icon} name="sound" /> ${t("phone.sound_is_on")}</p>`;
  return html`<button type="button" class="button button--wide" onClick=${onAllow}>
    <${Icon} name="sound" /> ${t("phone.sound_on")}
  </button>`;
}

export function Where({ ticket: { zone_name: zone, where } }) {
  if (!zone) return null;
  return html`<section class="panel">
    <h2 class="panel__label">${t("phone.wait_in")}</h2>
    <${Named} names=${zone} as="p" />
    ${where && html`<${Named} names=${where} as="p" />`}
  </section>`;
}

export function Things({ ticket }) {
  const items = ticket.services.flatMap((service) => service.bring ?? []);
  if (items.length === 0) return null;
  return html`<section class="panel">
    <h2 class="panel__label">${t("phone.bring")}</h2>
    <ul>
      ${items.map((item) => html`<${Named} names=${item} as="li" />`)}
    </ul>
  </section>`;
}

/** Asked twice by its very form: opening it tells what is lost, the button inside does it. */
export function Cancel({ hasFailed, onCancel }) {
  return html`<details class="cancel">
    <summary>${t("phone.cancel")}</summary>
    <p>${t("phone.cancel_sure")}</p>
    ${hasFailed && html`<p role="alert"><strong>${t("phone.cancel_failed")}</strong></p>`}
    <${OnceButton} class="button button--danger button--wide" onTap=${onCancel}>${t("phone.cancel_yes")}<//>
  </details>`;
}
