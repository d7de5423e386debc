import { html, useState } from "../../static/js/html.js";
import { newKey, request } from "../../static/js/http.js";
import { OnceButton } from "../../static/js/once-button.js";
import { name, t } from "../../static/js/wording.js";
import { Keyboard } from "../../static/js/keyboard.js";
import { Pages } from "./pages.js";
import { back, refreshCatalogue, store } from "./session.js";
import { speak } from "./voice.js";
import { homeVolume, setHomeVolume } from "./volume.js";

const VOLUME_STEP = 5;
const PROBLEMS = { 401: "wrong", 429: "many" };

/** What staff can do at the kiosk itself, behind a code that the server checks. */
export function Staff({ state }) {
  return html`<div class="screen staff">
    <div class="screen__head">
      <h1 class="screen__title" tabindex="-1" data-first>${t("kiosk.staff_title")}</h1>
    </div>
    ${state.staff === null ? html`<${Lock} />` : html`<${Menu} state=${state} />`}
  </div>`;
}

function Lock() {
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState(null);
  const unlock = async () => {
    const answer = await request("POST", "/api/v1/kiosk/staff", { code });
    setCode("");
    if (answer.ok) store.update({ staff: answer.data.staff });
    else setProblem(PROBLEMS[answer.status] ?? "failed");
  };
  return html`<div class="search-field code-field">
      <input
        id="staff-code"
        class="input input--code number"
        type="password"
        inputmode="none"
        autocomplete="off"
        aria-label=${t("kiosk.staff_code")}
        value=${code}
        onInput=${(event) => setCode(event.currentTarget.value.replace(/\D/g, "").slice(0, 12))}
        onKeyDown=${(event) => event.key === "Enter" && code !== "" && unlock()}
      />
      <${OnceButton} class="button take code-go" onTap=${unlock} disabled=${code === ""}>${t("kiosk.code_go")}<//>
    </div>
    <div role="alert">${problem && html`<p class="notice notice--bad">${t(`kiosk.staff_${problem}`)}</p>`}</div>
    <${Keyboard} only="digits" value=${code} onChange=${setCode} />`;
}

function Menu({ state }) {
  const [said, say] = useState(null);
  const act = async (path, body) => {
    const answer = await request("POST", path, { staff: state.staff, ...body }, { key: newKey() });
    if (answer.status === 401) store.update({ staff: null });
    return answer.ok;
  };
  const print = async () => say((await act("/api/v1/kiosk/test-print", {})) ? "printing" : "failed");
  return html`<div class="staff__acts">
      <${OnceButton} class="button button--outline" onTap=${print}>${t("kiosk.staff_print")}<//>
      <button type="button" class="button button--outline" onClick=${() => location.reload()}>
        ${t("kiosk.staff_reload")}
      </button>
      <${Volume} />
      <button type="button" class="button button--primary" onClick=${back}>${t("kiosk.done")}</button>
    </div>
    <p role="status">${said && t(`kiosk.staff_${said}`)}</p>
    <${Availability} catalogue=${state.catalogue} act=${act} onFailure=${() => say("failed")} />`;
}

function Volume() {
  const [percent, setPercent] = useState(Math.round(100 * homeVolume()));
  const change = (by) => {
    const next = Math.min(100, Math.max(VOLUME_STEP, percent + by));
    setHomeVolume(next);
    setPercent(next);
    speak(t("kiosk.staff_volume", { percent: next }));
  };
  return html`<div class="staff__volume" role="group" aria-label=${t("kiosk.staff_volume", { percent })}>
    <button type="button" class="button button--outline" aria-label=${t("kiosk.staff_quieter")} onClick=${() => change(-VOLUME_STEP)}>−</button>
    <output>${t("kiosk.staff_volume", { percent })}</output>
    <button type="button" class="button button--outline" aria-label=${t("kiosk.staff_louder")} onClick=${() => change(VOLUME_STEP)}>+</button>
  </div>`;
}

/** Which services take walk-ins today: pressed is open. */
function Availability({ catalogue, act, onFailure }) {
  const toggle = async (service, isOpen) => {
    const done = await act("/api/v1/kiosk/availability", { service: service.key, open: isOpen });
    if (done) await refreshCatalogue();
    else onFailure();
  };
  return html`<${Pages} name=${t("kiosk.staff_services")}>
    <h2 class="kind__title">${t("kiosk.staff_services")}</h2>
    ${catalogue.agencies.map((agency) => {
      const services = agency.services.filter(({ channels }) => channels.includes("walk_in"));
      return html`<section class="kind" key=${agency.key}>
        <h3 class="kind__title">${name(agency.name)}</h3>
        <ul class="rows">
          ${services.map((service) => {
            const isOpen = service.obstacle !== "service_closed";
            return html`<li key=${service.key}>
              <${OnceButton}
                class=${isOpen ? "row" : "row row--shut"}
                aria-pressed=${String(isOpen)}
                onTap=${() => toggle(service, !isOpen)}
              >
                <span class="row__name">${name(service.name)}</span>
                <span class="chip">${t(isOpen ? "kiosk.staff_open" : "kiosk.staff_closed")}</span>
              <//>
            </li>`;
          })}
        </ul>
      </section>`;
    })}
  <//>`;
}
