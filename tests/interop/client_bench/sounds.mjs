// SPDX-License-Identifier: Apache-2.0
// What the microphones of client_bench hear.

import { CHIRP_MS, makeChirp } from '../harness/chirps.mjs';
import { speechWav } from '../pages/speech_wav.mjs';

const RATE = 48000;
const HEADER_BYTES = 44;
const CHIRP_VOLUME = 9000;
const ROOM_NOISE = 12; // Of 32767: about -70 dBov.
const TURN_MS = 1800;
const samples = (ms) => (ms * RATE) / 1000;
/** Chirps in a turn begin here: with the first word, and in the middle of it. */
const CHIRPS_MS = [0, 800];
/** A turn, and longer without a word than it takes others to get the place. */
export const PERIOD_MS = 5000;

/** A WAV file with the header of another one: its length is the same. */
function wav(seconds, sampleAt) {
  const file = Buffer.from(speechWav({ seconds }));
  for (let i = 0; i < seconds * RATE; i += 1) {
    const at = HEADER_BYTES + 2 * i;
    file.writeInt16LE(Math.round(sampleAt(i, file.readInt16LE(at))), at);
  }
  return file;
}

/** Somebody who talks all the time. */
export const speech = () => speechWav();

/** A quiet room. */
export const quiet = () => wav(8, () => ROOM_NOISE * (2 * Math.random() - 1));

/** Turns that begin with a chirp, and have another one after some words. */
export function chirpingSpeech() {
  const chirp = makeChirp(RATE);
  const begin = samples(PERIOD_MS - TURN_MS);
  return wav(PERIOD_MS / 1000, (i, spoken) => {
    if (i < begin) return ROOM_NOISE * (2 * Math.random() - 1);
    const inChirp = CHIRPS_MS.map((ms) => i - begin - samples(ms)).find((at) => at >= 0 && at < samples(CHIRP_MS));
    return inChirp === undefined ? spoken : CHIRP_VOLUME * chirp[inChirp];
  });
}
