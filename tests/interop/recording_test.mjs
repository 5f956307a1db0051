// SPDX-License-Identifier: Apache-2.0
// Recordings of real calls: every voice at the right time in every file.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { holdChirpingCall } from './harness/chirping_call.mjs';
import { chirpsOf, compare, judge, spreadMs, table } from './harness/recording_tools.mjs';
import { Recordings, startRecorder } from './harness/recordings.mjs';
import { tryTwice } from './harness/retry.mjs';
import { environment } from './harness/veche_server.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const APART_MS = 40;
const LEAST_CHIRPS = 2;
const MUTE_S = environment.full ? 20 : 8;
/** A call that chirps, recorded: every chirp is at its time in every file. */
async function judgeChirps(t, server, browser, room) {
  const recordings = new Recordings(server, room);
  let recording;
  const talkers = await holdChirpingCall(t, server, browser, { room, muteS: MUTE_S, onBegin: async () => { recording = await recordings.start(); } });
  const manifest = await recordings.stop(recording);
  assert.equal(manifest.state, 'finished', JSON.stringify(manifest));
  const paths = await recordings.downloadAll(t, manifest);
  const startMs = manifest.started_unix_ms;
  const endMs = startMs + manifest.duration_ms;
  const within = (chirps) => chirps.filter((ms) => ms > startMs + 500 && ms < endMs - 500);
  const mix = manifest.files.find(({ name }) => !manifest.tracks.some(({ file }) => file === name));
  const inMix = await chirpsOf(paths[mix.name]);
  const rows = [];
  for (const { name, participant, chirps, muted } of talkers) {
    const track = manifest.tracks.find((each) => each.participant === participant);
    const found = await chirpsOf(paths[track.file]);
    rows.push(judge(`track: ${name}`, compare(found, within(chirps), startMs)), judge(`mix: ${name}`, compare(inMix, within(chirps), startMs)));
    assert.deepEqual(compare(found, muted, startMs), [], 'what was muted is not recorded');
    const expected = within(chirps).length;
    assert.ok(expected >= LEAST_CHIRPS, `${name} is sure of ${expected} chirps`);
    // A loss at a chirp may make it unrecognisable.
    const times = `expected at ${within(chirps).map((ms) => ms - startMs)} ms, the track has ${found.map(({ ms }) => Math.round(ms))}`;
    for (const row of rows.slice(-2)) {
      assert.ok(row.chirps >= expected * 0.6, `${row.name}: ${row.chirps} of ${expected} chirps were found; ${times}`);
    }
  }
  for (const line of table(rows)) t.diagnostic(line);
  assert.ok(spreadMs(rows) <= APART_MS, `they are ${spreadMs(rows)} ms apart`);
}

test('With loss, DTX, a mute and a late start every chirp is within 40 ms in every file', async (t) => {
  const { server } = await startRecorder(t);
  const browser = await launchBrowser(t);
  // A browser that stalls behind the microphone makes chirps late without knowing it.
  await tryTwice('chirps', (attempt) => judgeChirps(t, server, browser, `chirps-${attempt}`));
});
