// SPDX-License-Identifier: Apache-2.0
// Chirps mark a moment in sound: 200 ms that rise from 500 to 3000 Hz. Makes them as the talkers do, and finds them in sound.

/** The sample rate of all sound here: twice what the chirp needs. */
export const RATE = 16000;
export const CHIRP_MS = 200;
const [LOW_HZ, HIGH_HZ] = [500, 3000];
const EDGE_MS = 5;
const BLOCK = 16384;
/** The required similarity of sound and chirp, from 0 to 1. In recording_tools_test.mjs Opus at 24 kbit/s leaves 0.57 at worst. */
const ALIKE = 0.4;

/** chirp_worklet.js and chirps.py have the same. */
export function makeChirp(rate = RATE) {
  const count = (CHIRP_MS * rate) / 1000;
  return Float32Array.from({ length: count }, (_, i) => {
    const s = i / rate;
    const edge = Math.min(1, (i * 1000) / rate / EDGE_MS, ((count - i) * 1000) / rate / EDGE_MS);
    return edge * Math.sin(2 * Math.PI * (LOW_HZ * s + ((HIGH_HZ - LOW_HZ) / (CHIRP_MS / 1000)) * 0.5 * s * s));
  });
}

/** In place; a power of two. The inverse without its division. */
function fourier(real, imaginary, sign) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k += 1) {
      const angle = (sign * 2 * Math.PI * k) / length;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let a = k; a < n; a += length) {
        const b = a + half;
        const [re, im] = [real[b] * cos - imaginary[b] * sin, real[b] * sin + imaginary[b] * cos];
        [real[b], imaginary[b]] = [real[a] - re, imaginary[a] - im];
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

/** For each sample, the similarity of the following sound to a chirp, independent of volume. */
function likeness(sound) {
  const chirp = makeChirp();
  const chirpEnergy = chirp.reduce((sum, sample) => sum + sample * sample, 0);
  const step = BLOCK - chirp.length + 1;
  const pattern = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  pattern[0].set(chirp);
  fourier(...pattern, -1);
  const energy = new Float64Array(sound.length + 1);
  for (let i = 0; i < sound.length; i += 1) energy[i + 1] = energy[i] + sound[i] * sound[i];
  const result = new Float32Array(sound.length);
  for (let start = 0; start < sound.length; start += step) {
    const [real, imaginary] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
    real.set(sound.subarray(start, start + BLOCK));
    fourier(real, imaginary, -1);
    for (let i = 0; i < BLOCK; i += 1) {
      const [re, im] = [real[i], imaginary[i]];
      real[i] = re * pattern[0][i] + im * pattern[1][i];
      imaginary[i] = im * pattern[0][i] - re * pattern[1][i];
    }
    fourier(real, imaginary, 1);
    for (let i = 0; i < step && start + i < sound.length; i += 1) {
      const at = start + i;
      const within = energy[Math.min(at + chirp.length, sound.length)] - energy[at];
      // Excludes the noise of a silent stream.
      result[at] = within < 1e-4 * chirpEnergy ? 0 : real[i] / BLOCK / Math.sqrt(chirpEnergy * within);
    }
  }
  return result;
}

/** The starts of chirps in sound of RATE: [{ms, alike}], in order. */
export function findChirps(sound) {
  const alike = likeness(sound);
  const length = (CHIRP_MS * RATE) / 1000;
  const found = [];
  for (let i = 1; i < alike.length - 1; i += 1) {
    if (alike[i] < ALIKE || alike[i] < alike[i - 1] || alike[i] < alike[i + 1]) continue;
    const peak = { at: i, alike: alike[i] };
    const last = found.at(-1);
    if (!last || i - last.at >= length) found.push(peak);
    else if (peak.alike > last.alike) found[found.length - 1] = peak;
  }
  return found.map(({ at, alike: value }) => ({ ms: (at * 1000) / RATE, alike: value }));
}
