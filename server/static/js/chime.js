/** Two soft bell tones, made by the browser itself: no sound file to load or to license. */

import { allowSound, audioContext } from "./audio.js";

export { allowSound };

const TONES = [
  { frequency: 659.25, at: 0 },
  { frequency: 523.25, at: 0.32 },
];
const RING_S = 1.4;

/**
 * @param {number} [volume] 0..1
 * @returns {Promise<boolean>} whether it could be heard; settles when it has rung out
 */
export async function chime(volume = 0.5) {
  if (!(await allowSound())) return false;
  const context = audioContext();
  const start = context.currentTime + 0.02;
  for (const { frequency, at } of TONES) {
    ring(context, frequency, start + at, volume);
    ring(context, frequency * 2, start + at, volume * 0.18);
  }
  await new Promise((done) => setTimeout(done, 1000 * (TONES.at(-1).at + RING_S * 0.6)));
  return true;
}

function ring(context, frequency, at, volume) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0008, at + RING_S);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + RING_S);
}
