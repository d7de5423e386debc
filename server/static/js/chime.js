/** Two soft bell tones, made by the browser itself: no sound file to load or to license. */

const TONES = [
  { frequency: 659.25, at: 0 },
  { frequency: 523.25, at: 0.32 },
];
const RING_S = 1.4;

let context;

/**
 * Ask for sound. Browsers allow it after a touch only, so call this from a tap where there is one.
 *
 * @returns {Promise<boolean>} whether sound is allowed now
 */
export async function allowSound() {
  context ??= new AudioContext();
  if (context.state !== "running") {
    // Without a touch resume() may never settle, hence the race.
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))]).catch(() => {});
  }
  return context.state === "running";
}

/**
 * @param {number} [volume] 0..1
 * @returns {Promise<boolean>} whether it could be heard; settles when it has rung out
 */
export async function chime(volume = 0.5) {
  if (!(await allowSound())) return false;
  const start = context.currentTime + 0.02;
  for (const { frequency, at } of TONES) {
    ring(frequency, start + at, volume);
    ring(frequency * 2, start + at, volume * 0.18);
  }
  await new Promise((done) => setTimeout(done, 1000 * (TONES.at(-1).at + RING_S * 0.6)));
  return true;
}

function ring(frequency, at, volume) {
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
