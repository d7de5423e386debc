/** Five faces from very bad to very good, one of which is chosen. */
import { html } from "/static/js/html.js";
import { t } from "/static/js/wording.js";

const MOUTHS = [
  "M12 29q8-9 16 0",
  "M12.500 28q7.500-5 15 0",
  "M12.500 26.500h15",
  "M12.500 25q7.500 5.500 15 0",
  "M11.500 24q8.500 10.500 17 0z",
];

/**
 * @param {object} props
 * @param {number} props.score 0 while none is chosen
 * @param {(score: number) => void} props.onChoose
 */
export function Faces({ score, onChoose }) {
  return html`<div class="faces" role="radiogroup" aria-label=${t("tablet.question")}>
    ${MOUTHS.map(
      (mouth, index) => html`<label class="face" key=${index} data-score=${index + 1}>
        <input type="radio" name="score" value=${index + 1} checked=${score === index + 1} onChange=${() => onChoose(index + 1)} />
        <svg viewBox="0 0 40 40" aria-hidden="true" focusable="false">
          <circle cx="20" cy="20" r="17.500" /><circle class="face__eye" cx="14" cy="16" r="2" /><circle class="face__eye" cx="26" cy="16" r="2" />
          <path d=${mouth} />
        </svg>
        <span class="face__word">${t(`tablet.score_${index + 1}`)}</span>
      </label>`,
    )}
  </div>`;
}
