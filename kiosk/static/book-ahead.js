import { html } from "../../static/js/html.js";
import { language, t } from "../../static/js/wording.js";
import { settings } from "./session.js";

/**
 * Where a day and an hour can be chosen on the visitor's own phone; nothing where they can only be had at reception.
 *
 * @param {{service?: string | null}} props its key, or none to begin with all of them
 */
export function BookAhead({ service = null }) {
  const { services, url } = settings.book;
  if (service ? !services.includes(service) : services.length === 0) return null;
  const query = new URLSearchParams({ language: language(), ...(service && { service }) });
  return html`<div class="book-ahead">
    <img class="slip__qr" src=${`/book/qr.svg?${query}`} alt="" />
    <p>${t("kiosk.book_words")} <strong class="book-ahead__url">${url.replace(/^https?:\/\//, "")}</strong></p>
  </div>`;
}
