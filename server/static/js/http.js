/** Calls to the published interface. */

const TIMEOUT_MS = 8000;

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status 0 when no answer came: the server is away or the time ran out
 * @property {any} data the JSON body; for an error problem+json {type, title, status, detail, errors?}; or null
 */

/**
 * @param {string} method
 * @param {string} path such as "/api/v1/services"
 * @param {object} [body] sent as JSON
 * @param {object} [options]
 * @param {string} [options.key] Idempotency-Key: the same key gives the first answer again
 * @param {number} [options.timeoutMs]
 * @returns {Promise<Answer>} never rejects
 */
export async function request(method, path, body, { key, timeoutMs = TIMEOUT_MS } = {}) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const csrf = document.querySelector('meta[name="csrf-token"]');
  if (csrf && method !== "GET") headers["X-CSRF-Token"] = csrf.content;
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { ok: response.ok, status: response.status, data: await parse(response) };
  } catch {
    return { ok: false, status: 0, data: null };
  }
}

/** @returns {string} a fresh Idempotency-Key; works on plain http too, where randomUUID is missing */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Response} response
 * @returns {Promise<any>} null for an empty body or one that is not JSON, such as a proxy's error page
 */
async function parse(response) {
  const text = await response.text();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
