// SPDX-License-Identifier: Apache-2.0
// Sound for a fake microphone that passes as speech: a browser's noise suppression would remove a steady tone.

const RATE = 48000;

/** A WAV file: voiced syllables of changing pitch, four a second, hardly a pause. The browser plays it in a loop. */
export function speechWav({ seconds = 8, pitchHz = 140 } = {}) {
  const count = seconds * RATE;
  const data = Buffer.alloc(44 + 2 * count);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + 2 * count, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20); // PCM
  data.writeUInt16LE(1, 22); // mono
  data.writeUInt32LE(RATE, 24);
  data.writeUInt32LE(2 * RATE, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(2 * count, 40);
  let phase = 0;
  for (let i = 0; i < count; i += 1) {
    const time = i / RATE;
    const syllable = Math.floor(time * 4);
    const envelope = 0.25 + 0.75 * Math.sin(Math.PI * ((time * 4) % 1)) ** 0.7;
    phase += (pitchHz * (1 + 0.25 * Math.sin(syllable * 2.4))) / RATE;
    const formant = 500 + 900 * Math.abs(Math.sin(syllable * 1.7));
    let sample = 0;
    for (let harmonic = 1; harmonic <= 24; harmonic += 1) {
      const distance = (harmonic * pitchHz - formant) / 400;
      sample += (Math.exp(-distance * distance) + 0.15) * Math.sin(2 * Math.PI * harmonic * phase);
    }
    data.writeInt16LE(Math.round(2600 * envelope * Math.max(-8, Math.min(8, sample))), 44 + 2 * i);
  }
  return data;
}
