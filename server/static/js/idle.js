const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"];

/**
 * Watch for a visitor who has walked away.
 *
 * @param {object} options
 * @param {number} options.afterMs of quiet before onIdle
 * @param {number} options.warnMs before that, onWarn begins
 * @param {(secondsLeft: number) => void} options.onWarn each second of the warning
 * @param {() => void} options.onStay a sign of life came during the warning
 * @param {() => void} options.onIdle
 * @returns {{touch: () => void, stop: () => void, setAfter: (afterMs: number) => void}}
 */
export function watchIdle({ afterMs, warnMs, onWarn, onStay, onIdle }) {
  let limitMs = afterMs;
  let lastSign = performance.now();
  let isWarning = false;

  const touch = () => {
    lastSign = performance.now();
    if (isWarning) {
      isWarning = false;
      onStay();
    }
  };
  // The warning ends by its own button, which calls touch(): ending it on the press would take the dialog away
  // under the finger, and the tap would land on what lies beneath.
  const notice = () => {
    if (!isWarning) lastSign = performance.now();
  };
  const tick = () => {
    const leftMs = limitMs - (performance.now() - lastSign);
    if (leftMs <= 0) {
      isWarning = false;
      lastSign = performance.now();
      onIdle();
    } else if (leftMs <= warnMs) {
      isWarning = true;
      onWarn(Math.ceil(leftMs / 1000));
    }
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, notice, { passive: true, capture: true });
  const timer = setInterval(tick, 250);
  return {
    touch,
    setAfter: (ms) => {
      limitMs = ms;
      touch();
    },
    stop: () => {
      clearInterval(timer);
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, notice, { capture: true });
    },
  };
}
