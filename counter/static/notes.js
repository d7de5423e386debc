import { html, useState } from "/static/js/html.js";
import { OnceButton } from "/static/js/once-button.js";
import { t, time } from "/static/js/wording.js";

const MAX_NOTE = 500;

/** What others wrote about the visitor in hand, why they were sent here, and room for a note of one's own. */
export function Notes({ session }) {
  const { notes } = session.store.get().counter;
  const [text, setText] = useState("");
  const add = async () => {
    if (text.trim() === "") return;
    // What was not taken stays in the field.
    if (!(await session.act("note", { text }))) return;
    setText("");
    document.activeElement?.blur(); // so that letters are commands again
  };
  return html`<section>
    <h2 class="label">${t("counter.notes")}</h2>
    <div class="notes__new">
      <label class="visually-hidden" for="new-note">${t("counter.note_new")}</label>
      <input class="input" id="new-note" maxlength=${MAX_NOTE} autocomplete="off" value=${text}
        placeholder=${t("counter.note_new")} onInput=${(event) => setText(event.target.value)}
        onKeyDown=${(event) => event.key === "Enter" && add()} />
      <${OnceButton} class="button" disabled=${text.trim() === "" || !session.store.get().isLive} onTap=${add}>${t("counter.note_add")}<//>
    </div>
    <ul class="notes">
      ${notes.map(
        (note) => html`<li key=${note.at + note.text} data-kind=${note.kind}>
          ${note.kind === "sent" && html`<strong>${t("counter.sent_from", { n: note.counter })}</strong>`}
          <p>${note.text}</p>
          <p class="quiet small">${note.by} · ${time(note.at)}</p>
        </li>`,
      )}
    </ul>
  </section>`;
}
