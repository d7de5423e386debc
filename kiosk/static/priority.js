import { html } from "../../static/js/html.js";
import { Icon } from "../../static/js/icons.js";
import { name, nameLanguage, t } from "../../static/js/wording.js";
import { Pages } from "./pages.js";
import { chooseCategory } from "./session.js";

/** Who must be served first by law: a free answer, asked here only and shown nowhere after. */
export function Priority({ state }) {
  const { catalogue, category } = state;
  return html`<div class="screen">
    <div class="screen__head">
      <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.priority_title")}</h1>
      <p class="screen__lead">${t("kiosk.priority_lead")}</p>
    </div>
    <${Pages} name=${t("kiosk.priority_title")}>
      <ul class="rows">
        ${catalogue.categories.map(
          (each) => html`<li key=${each.key}>
            <button
              type="button"
              class="row"
              aria-pressed=${each.key === category ? "true" : "false"}
              onClick=${() => chooseCategory(each.key)}
            >
              <span class="row__words">
                <span class="row__name" lang=${nameLanguage(each.name)}>${name(each.name)}</span>
                <span class="row__agency">
                  ${t("kiosk.priority_evidence")} <span lang=${nameLanguage(each.evidence)}>${name(each.evidence)}</span>
                </span>
                <${LegalReference} text=${each.legal_reference} />
              </span>
              <${Icon} name=${each.key === category ? "check" : "forward"} class="row__go" />
            </button>
          </li>`,
        )}
      </ul>
    <//>
    <button type="button" class="button button--outline button--wide" onClick=${() => chooseCategory(null)}>
      ${t("kiosk.priority_none")}
    </button>
  </div>`;
}

function LegalReference({ text }) {
  if (!text) return null;
  const isNames = typeof text === "object";
  return html`<span class="row__law" lang=${isNames ? nameLanguage(text) : undefined}>${isNames ? name(text) : text}</span>`;
}
