/** An enrolled browser's line to the server: it follows its place, loads its page anew when asked, and goes when revoked. */
import { connect } from "./socket.js";

const { version } = document.documentElement.dataset;
const place = JSON.parse(document.documentElement.dataset.place);
// All screens of a hall must not ask for their pages in the same moment.
const SPREAD_MS = 10000;

let isGoing = false;

connect("/screen", {
  query: { version },
  on: {
    settings(settings) {
      if (Object.entries(settings.place).some(([part, value]) => place[part] !== value)) go(settings.home);
      else if (settings.version !== version) setTimeout(() => location.reload(), Math.random() * SPREAD_MS);
    },
    restart: () => location.reload(),
    revoked: leave,
  },
  onRefused: (reason) => reason === "device_not_found" && leave(),
});

function leave() {
  go("/enrol");
}

/** A page that is on its way already is not sent anew. */
function go(to) {
  if (isGoing) return;
  isGoing = true;
  location.replace(to);
}
