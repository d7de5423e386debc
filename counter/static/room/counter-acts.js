import { html, useEffect, useRef, useState } from "/static/js/html.js";
import { name, t } from "/static/js/wording.js";

/** What a supervisor can do about a counter: move its official, or end it; each asked once more. */
export function CounterActs({ counter, watch, onClose }) {
  const dialog = useRef(null);
  const [to, setTo] = useState("");
  const { room } = watch.store.get();
  const free = room.counters.filter((each) => each.state === "closed" && each.official === null);
  useEffect(() => {
    dialog.current.showModal();
  }, []);
  const act = async (path, body) => {
    onClose();
    if (!(await watch.act(path, body))) watch.explain(counter);
  };
  return html`<dialog class="dialog acts" ref=${dialog} aria-labelledby="acts-title" onClose=${onClose}>
    <h2 id="acts-title">${t("room.counter_n", { n: counter.counter })} · ${counter.official?.name}</h2>
    ${counter.number && html`<p>${counter.number} · ${name(counter.service_name)}</p>`}
    <form class="acts__move" onSubmit=${(event) => {
      event.preventDefault();
      act("officials/move", { official: counter.official.id, counter: Number(to), from_counter: counter.counter });
    }}>
      <label for="move-to">${t("room.move_to")}</label>
      <select id="move-to" class="input" value=${to} onChange=${(event) => setTo(event.target.value)} required>
        <option value="">${t("room.choose_counter")}</option>
        ${free.map((each) => html`<option value=${each.counter}>${each.counter} · ${name(each.zone_name)}</option>`)}
      </select>
      <button class="button button--primary" disabled=${to === "" || counter.number !== null}>${t("room.move")}</button>
      ${counter.number && html`<p class="quiet small">${t("room.move_after")}</p>`}
    </form>
    <div class="acts__end">
      <p>${t("room.end_text")}</p>
      <button type="button" class="button button--danger" onClick=${() => act(`counters/${counter.counter}/end`, { official: counter.official.id })}>${t("room.end")}</button>
    </div>
    <button type="button" class="button" onClick=${() => dialog.current.close()}>${t("room.cancel")}</button>
  </dialog>`;
}
