import { html, useEffect, useState } from "/static/js/html.js";
import { t } from "/static/js/wording.js";
import { Modal } from "./modal.js";

const THANKS_MS = 2500;
const MOUTHS = ["M12 29q8-9 16 0", "M12.5 28q7.5-5 15 0", "M12.5 26.5h15", "M12.5 25q7.5 5.5 15 0", "M11.5 24q8.5 10.5 17 0z"];

/** The tablet in the visitor's hands: one press in the visitor's language, and the score is not shown again. */
export function RateDialog({ day, visit, onClose }) {
  const [isDone, setDone] = useState(false);
  const say = (key) => t(`team.${key}`, {}, visit.language);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(onClose, THANKS_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const choose = (score) => {
    setDone(true);
    day.act("rate", { ticket: visit.ticket, score });
  };
  return html`<${Modal} isWide title=${say(isDone ? "rate_thanks" : "rate_question")} text=${say(isDone ? "rate_back" : "rate_text")} onClose=${onClose}>
    ${!isDone && html`<ul class="rate-faces" lang=${visit.language}>
      ${MOUTHS.map((mouth, place) => html`<li><button type="button" class="rate-face" data-score=${place + 1} onClick=${() => choose(place + 1)}>
        <svg viewBox="0 0 40 40" aria-hidden="true" focusable="false"><circle cx="20" cy="20" r="17.5" /><circle class="rate-face__eye" cx="14" cy="16" r="2" />
          <circle class="rate-face__eye" cx="26" cy="16" r="2" /><path d=${mouth} /></svg>
        <span>${say(`score_${place + 1}`)}</span>
      </button></li>`)}
    </ul>`}
  <//>`;
}
