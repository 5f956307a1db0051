// SPDX-License-Identifier: Apache-2.0
// Judges the timing of recorded files: a player's output against the times of the talkers' chirps.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { findChirps, RATE } from './chirps.mjs';

/** A chirp is searched for this close to its expected time; chirps of one talker are further apart. */
const NEAR_MS = 700;

/** ffmpeg's message, which is not an error, about a file whose last writes did not become part of it. */
const CUT_OFF = /^.*File extends beyond end of segment.*\n/gm;

/**
 * ffmpeg's output for a file, as one channel of RATE. Throws with ffmpeg's complaints: a sound file causes none,
 * wherever the death of its writer cut it off. `decoder`: libopus conceals losses, as browsers do; ffmpeg's own does not.
 */
export async function decode(file, { decoder = 'libopus' } = {}) {
  const ffmpeg = spawn('ffmpeg', ['-v', 'warning', '-c:a', decoder, '-i', file, '-f', 'f32le', '-ar', RATE, '-ac', 1, '-'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  let complaints = '';
  ffmpeg.stdout.on('data', (chunk) => chunks.push(chunk));
  ffmpeg.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });
  const [code] = await once(ffmpeg, 'close');
  complaints = complaints.replace(CUT_OFF, '');
  if (code !== 0 || complaints) throw new Error(`ffmpeg ended with ${code} on ${file}: ${complaints}`);
  const bytes = Buffer.concat(chunks);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * The delay of each chirp in a file: [{unixMs, lateMs}]. `chirps`: their times by the wall clock;
 * `startedUnixMs`: the start of the recording. Chirps that the file does not contain are left out.
 */
export function compare(found, chirps, startedUnixMs) {
  return chirps.flatMap((unixMs) => {
    const shouldMs = unixMs - startedUnixMs;
    const [best] = found.map(({ ms }) => ms - shouldMs).filter((lateMs) => Math.abs(lateMs) < NEAR_MS)
      .sort((a, b) => Math.abs(a) - Math.abs(b));
    return best === undefined ? [] : [{ unixMs, lateMs: best }];
  });
}

/** The figures of one talker in one file. `driftMs`: the last third against the first. */
export function judge(name, comparison) {
  const late = comparison.map(({ lateMs }) => lateMs);
  if (late.length === 0) return { name, chirps: 0 };
  const third = Math.ceil(late.length / 3);
  return {
    name,
    chirps: late.length,
    medianMs: median(late),
    earliestMs: Math.min(...late),
    latestMs: Math.max(...late),
    driftMs: median(late.slice(-third)) - median(late.slice(0, third)),
  };
}

/** The largest difference in time between any two tracks' positions of the same moment. */
export function spreadMs(judged) {
  const heard = judged.filter(({ chirps }) => chirps > 0);
  return Math.max(...heard.map(({ latestMs }) => latestMs)) - Math.min(...heard.map(({ earliestMs }) => earliestMs));
}

/** Lines of a table, relative to the first row's median: the start of a recording is known only to some milliseconds. */
export function table(judged) {
  const zero = judged.find(({ chirps }) => chirps > 0)?.medianMs ?? 0;
  const cell = (text) => String(text).padStart(10);
  const number = (value, base = 0) => cell(value === undefined ? '-' : (value - base).toFixed(1));
  const width = Math.max(...judged.map(({ name }) => name.length));
  return [
    `${''.padEnd(width)}${['chirps', 'median ms', 'earliest', 'latest', 'drift'].map(cell).join('')}`,
    ...judged.map(({ name, chirps, medianMs, earliestMs, latestMs, driftMs }) =>
      `${name.padEnd(width)}${cell(chirps)}${number(medianMs, zero)}${number(earliestMs, zero)}${number(latestMs, zero)}${number(driftMs)}`),
    `spread ${spreadMs(judged).toFixed(1)} ms`,
  ];
}

/** The chirps of a whole file. */
export async function chirpsOf(file) {
  return findChirps(await decode(file));
}
