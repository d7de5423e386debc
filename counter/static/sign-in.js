/** Show the password on request, and offer a passkey where the browser can; without this module both stay hidden. */
import { request } from "/static/js/http.js";
import { canPasskeys, usePasskey } from "./passkey.js";

const field = document.getElementById("password");
const button = document.getElementById("show-password");
const passkey = document.getElementById("passkey");

button.hidden = false;
button.addEventListener("click", () => {
  const isShown = field.type === "password";
  field.type = isShown ? "text" : "password";
  button.setAttribute("aria-pressed", String(isShown));
  field.focus();
});

if (passkey && canPasskeys()) {
  passkey.hidden = false;
  passkey.addEventListener("click", async () => {
    passkey.disabled = true;
    const isIn = await signIn();
    passkey.disabled = false;
    if (isIn) location.assign(passkey.dataset.next);
    else document.getElementById("passkey-fault").hidden = false;
  });
}

async function signIn() {
  const asked = await request("POST", "/sign-in/passkey/options", {});
  if (!asked.ok) return false;
  try {
    return (await request("POST", "/sign-in/passkey", await usePasskey(asked.data))).ok;
  } catch {
    return false; // refused by its owner, or no passkey is there
  }
}
