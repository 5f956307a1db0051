// SPDX-License-Identifier: Apache-2.0
// Tests of the recording measurements: sound of known times through Opus, and a disk that stalls on request.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { findChirps, makeChirp, RATE } from './harness/chirps.mjs';
import { chirpsOf, compare, judge, spreadMs, table } from './harness/recording_tools.mjs';
import { scratch } from './harness/scratch.mjs';
import { speechWav } from './pages/speech_wav.mjs';

/** A pseudo-random number from -1 to 1: the same in every run. */
function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Sound of the rate with chirps at these times, between voices of a kind. */
function soundWith(timesMs, seconds, { rate = RATE, volume = 0.3, noiseVolume = 0.01 } = {}) {
  const next = noise(7);
  const sound = Float32Array.from({ length: seconds * rate }, () => noiseVolume * next());
  const chirp = makeChirp(rate);
  for (const ms of timesMs) chirp.forEach((sample, i) => { sound[Math.round((ms * rate) / 1000) + i] += volume * sample; });
  return sound;
}

function opusFile(directory, name, sound, rate) {
  const file = join(directory, name);
  const input = Buffer.from(sound.buffer);
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'f32le', '-ar', rate, '-ac', 1, '-i', '-', '-c:a', 'libopus', '-b:a', '24k', '-application', 'voip', '-y', file],
    { input });
  return file;
}

test('Chirps are found to a millisecond after Opus, in a minute of sound', async (t) => {
  const times = [12, 1500, 3333.25, 20000, 41000.5, 59750];
  const file = opusFile(scratch(t), 'chirps.webm', soundWith(times, 60, { rate: 48000 }), 48000);
  const found = await chirpsOf(file);
  assert.equal(found.length, times.length, JSON.stringify(found));
  found.forEach(({ ms, alike }, i) => {
    t.diagnostic(`${times[i]} ms: found at ${ms.toFixed(2)} ms, ${alike.toFixed(2)} alike`);
    assert.ok(Math.abs(ms - times[i]) <= 1, `${times[i]} was found at ${ms}`);
  });
});

test('Neither noise nor a tone nor speech nor silence is a chirp, and a quiet one is', () => {
  const wav = speechWav(); // At 48 kHz; every third sample is enough.
  assert.deepEqual(findChirps(Float32Array.from({ length: (wav.length - 44) / 6 }, (_, i) => wav.readInt16LE(44 + 6 * i) / 32768)), []);
  assert.deepEqual(findChirps(soundWith([], 10, { noiseVolume: 0.5 })), []);
  assert.deepEqual(findChirps(Float32Array.from({ length: 10 * RATE }, (_, i) => Math.sin(i / 3))), []);
  assert.deepEqual(findChirps(new Float32Array(10 * RATE)), []);
  assert.equal(findChirps(soundWith([4000], 10, { volume: 0.05 })).length, 1);
});

test('Two files that are 25 ms apart, one of them drifting, are told so', () => {
  const startedUnixMs = 1.7e12;
  const made = Array.from({ length: 20 }, (_, i) => startedUnixMs + 1000 + 2000 * i);
  const first = judge('first', compare(findChirps(soundWith(made.map((ms) => ms - startedUnixMs), 45)), made, startedUnixMs));
  const second = judge('second', compare(
    findChirps(soundWith(made.map((ms, i) => ms - startedUnixMs + 25 + i / 2), 45)), [...made, startedUnixMs + 60000], startedUnixMs));
  assert.equal(second.chirps, 20, 'the one that is not there is not counted');
  assert.ok(Math.abs(first.medianMs) < 0.2 && Math.abs(second.medianMs - 30) < 0.2, table([first, second]).join('\n'));
  assert.ok(Math.abs(second.driftMs - 6.5) < 0.6, `drift ${second.driftMs}`);
  assert.ok(Math.abs(spreadMs([first, second]) - 34.5) < 0.2, `spread ${spreadMs([first, second])}`);
  assert.match(table([first, second]).join('\n'), /second +20 +30\.0 +25\.0 +34\.5/);
});

test('What is no sound is complained of', async (t) => {
  const directory = scratch(t);
  const file = join(directory, 'no.webm');
  writeFileSync(file, 'This is no WebM.');
  await assert.rejects(chirpsOf(file), /ffmpeg ended with/);
});

test('The disk stalls and fails as it is told, and only below its directory', async (t) => {
  const directory = scratch(t);
  const [disk, stall, fail] = ['disk', 'stall', 'fail'].map((name) => join(directory, name));
  mkdirSync(disk);
  const write = (where) => {
    const child = spawn('dd', ['if=/dev/zero', `of=${where}/file`, 'bs=100', 'count=1', 'conv=fsync', 'status=none'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', LD_PRELOAD: process.env.VECHE_STALL_DISK, STALL_DIRECTORY: disk, STALL_WHILE: stall, FAIL_WHILE: fail },
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { errors += text; });
    return once(child, 'close').then(([code]) => ({ code, errors }));
  };
  assert.equal((await write(disk)).code, 0);
  writeFileSync(stall, '');
  let ended = false;
  const stalled = write(disk).then((result) => { ended = true; return result; });
  assert.equal((await write(directory)).code, 0, 'elsewhere nothing waits');
  assert.equal(ended, false, 'it did not wait');
  rmSync(stall);
  assert.equal((await stalled).code, 0);
  for (const [name, message] of [['ENOSPC', /No space left/], ['EIO', /Input\/output error/], ['EACCES', /Permission denied/]]) {
    writeFileSync(fail, name);
    const { code, errors } = await write(disk);
    assert.equal(code, 1);
    assert.match(errors, message);
  }
  assert.equal((await write(directory)).code, 0, 'elsewhere nothing fails');
});
