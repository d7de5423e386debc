/** Sound through one AudioContext: browsers allow few, and a touch allows it for good. */

let context;

/** @returns {AudioContext} the page's own; it may still be suspended */
export function audioContext() {
  context ??= new AudioContext();
  return context;
}

/**
 * Ask for sound. Browsers allow it after a touch only, so call this from a tap where there is one.
 *
 * @returns {Promise<boolean>} whether sound is allowed now
 */
export async function allowSound() {
  const { state } = audioContext();
  if (state !== "running") {
    // Without a touch resume() may never settle, hence the race.
    await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))]).catch(() => {});
  }
  return context.state === "running";
}

/**
 * @param {ArrayBuffer} bytes a sound file; it is used up
 * @returns {Promise<AudioBuffer | null>} null for what is no sound
 */
export async function decode(bytes) {
  try {
    return await audioContext().decodeAudioData(bytes);
  } catch {
    return null;
  }
}

/**
 * @param {AudioBuffer} sound
 * @param {{volume?: number, signal?: AbortSignal}} [options] volume 0..1
 * @returns {Promise<boolean>} true when it was heard to its end
 */
export async function play(sound, { volume = 1, signal } = {}) {
  if (signal?.aborted || !(await allowSound())) return false;
  const source = context.createBufferSource();
  const gain = context.createGain();
  gain.gain.value = volume;
  source.buffer = sound;
  source.connect(gain).connect(context.destination);
  return new Promise((done) => {
    // A context that stops (the sound card is pulled out) never tells that a sound has ended.
    const late = setTimeout(() => finish(false), sound.duration * 1000 + 2000);
    const stop = () => finish(false);
    const finish = (isWhole) => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stop);
      source.onended = null;
      try {
        source.stop();
      } catch {
        // it has not begun, or it has ended
      }
      gain.disconnect();
      done(isWhole);
    };
    source.onended = () => finish(true);
    signal?.addEventListener("abort", stop);
    source.start();
  });
}
