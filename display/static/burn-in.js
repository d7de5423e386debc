const EVERY_MS = 90000;
// A slow walk within a few pixels, which nobody sees and no screen keeps.
const STEPS = [[0, 0], [1, 0], [2, 1], [2, 2], [1, 3], [0, 3], [-1, 3], [-2, 2], [-2, 1], [-3, 0], [-2, -1], [-1, -2], [0, -3], [1, -2], [1, -1]];

/** @param {HTMLElement} element whose edges are worn by a picture that never moves */
export function wearEvenly(element) {
  let step = 0;
  setInterval(() => {
    step = (step + 1) % STEPS.length;
    const [x, y] = STEPS[step];
    element.style.transform = `translate(${x}px, ${y}px)`;
  }, EVERY_MS);
}
