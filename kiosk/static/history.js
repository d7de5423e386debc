/** The browser's own way back leads nowhere: to no earlier visitor, and not off the kiosk. */
export function keepHere() {
  const stay = () => history.pushState(null, "");
  stay();
  addEventListener("popstate", stay);
}
