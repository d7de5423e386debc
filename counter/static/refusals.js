/** What the server refused, in words. */

const BY_STATUS = {
  403: "counter.refused_role",
  409: "counter.refused_other",
  422: "counter.refused_input",
  429: "counter.refused_busy",
};

/**
 * The server explains itself in the language that this browser chose; where a proxy answered instead, or nothing was
 * said, the status tells the least that is known.
 *
 * @param {import("/static/js/http.js").Answer} answer not ok
 * @returns {{text?: string, key?: string, href?: string}}
 */
export function refusal({ status, data }) {
  if (status === 401) return { key: "counter.signed_out", href: signInAddress() };
  if (!data?.title) return { key: BY_STATUS[status] ?? "counter.refused_server" };
  return { text: data.detail && data.detail !== data.title ? `${data.title} ${data.detail}` : data.title };
}

function signInAddress() {
  return `/sign-in?next=${encodeURIComponent(location.pathname)}`;
}
