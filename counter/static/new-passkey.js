/** Add a passkey to the account that is signed in; shown only where the browser can. */
import { request } from "/static/js/http.js";
import { canPasskeys, makePasskey } from "./passkey.js";

const part = document.querySelector("[data-passkeys]");
const form = document.querySelector("[data-new-passkey]");

if (part && canPasskeys()) part.hidden = false;

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const kept = await add(form.elements.name.value);
  button.disabled = false;
  if (kept) location.assign(form.dataset.next || "/account?done=passkey");
  else tell(form.dataset.refused);
});

async function add(name) {
  const asked = await request("POST", "/account/passkeys/options", {});
  if (!asked.ok) return false;
  try {
    const credential = await makePasskey(asked.data);
    return (await request("POST", "/account/passkeys", { name, credential })).ok;
  } catch {
    return false; // refused by its owner, or no authenticator is there
  }
}

function tell(text) {
  const fault = form.querySelector("[data-fault]");
  fault.textContent = text;
  fault.hidden = false;
}
