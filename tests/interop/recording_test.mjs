// SPDX-License-Identifier: Apache-2.0
// Recordings of real calls: every voice at the right time in every file, files that browsers play, and hostile requests for them.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { holdChirpingCall, runChirpTalker } from './harness/chirping_call.mjs';
import { RATE } from './harness/chirps.mjs';
import { startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { chirpsOf, compare, decode, judge, spreadMs, table } from './harness/recording_tools.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { tryTwice } from './harness/retry.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay } from './harness/until.mjs';
import { environment } from './harness/veche_server.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const APART_MS = 40;
const TICK_S = 0.01; // Of /proc/<pid>/stat.

const MUTE_S = environment.full ? 20 : 8;
/** Behind the tap both paths are one: the path decides only when packets arrive. */
const onePath = { skip: environment.path === 'pipeline' && !environment.full && 'on the wire path, and with VECHE_FULL=1 on both' };
const light = concurrentTests(3);

/** Downloads every file, checks its digest, and returns {name: path}. */
async function downloadAll(t, recordings, manifest) {
  const directory = scratch(t);
  const paths = {};
  for (const { name, sha256, bytes } of manifest.files) {
    const file = await recordings.download(manifest, name);
    assert.equal(file.status, 200, name);
    assert.equal(file.bytes.length, bytes, name);
    assert.equal(createHash('sha256').update(file.bytes).digest('hex'), sha256, name);
    paths[name] = join(directory, name);
    writeFileSync(paths[name], file.bytes);
  }
  return paths;
}

/** A call that chirps, recorded: every chirp is at its time in every file. */
async function judgeChirps(t, server, browser, room) {
  const recordings = new Recordings(server, room);
  let recording;
  const talkers = await holdChirpingCall(t, server, browser, { room, muteS: MUTE_S, onBegin: async () => { recording = await recordings.start(); } });
  const manifest = await recordings.stop(recording);
  assert.equal(manifest.state, 'finished', JSON.stringify(manifest));
  const paths = await downloadAll(t, recordings, manifest);
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

light('Files are played and sought by a browser, and ranges are what they say', onePath, async (t) => {
  const { server } = await startRecorder(t);
  const recordings = new Recordings(server, 'browser');
  const talker = runChirpTalker(t, server, { room: 'browser', participant: 'boris', seconds: 8 });
  talker.catch(() => {});
  await server.connected('browser', 1);
  const recording = await recordings.start();
  await talker;
  const manifest = await recordings.stop(recording);
  const paths = await downloadAll(t, recordings, manifest);
  const browser = await launchBrowser(t);
  const page = await browser.newPage();
  await page.goto(`${server.url}/healthz`);
  for (const { name, duration_ms: durationMs } of manifest.files) {
    const whole = readFileSync(paths[name]);
    const played = await page.evaluate(async ({ data }) => {
      const audio = new Audio(`data:audio/webm;base64,${data}`);
      const happened = (type) => new Promise((resolve, reject) => {
        audio.addEventListener(type, resolve, { once: true });
        audio.addEventListener('error', () => reject(new Error(audio.error.message)), { once: true });
      });
      await happened('loadedmetadata');
      audio.currentTime = audio.duration / 2;
      await happened('seeked');
      return { durationMs: audio.duration * 1000, currentTimeMs: audio.currentTime * 1000 };
    }, { data: whole.toString('base64') });
    assert.ok(Math.abs(played.durationMs - durationMs) < 100, `${name}: ${JSON.stringify(played)} of ${durationMs} ms`);
    assert.ok(Math.abs(played.currentTimeMs - durationMs / 2) < 100, `${name}: ${JSON.stringify(played)}`);
    for (const [range, from, to] of [['bytes=0-99', 0, 100], ['bytes=100-', 100, whole.length], ['bytes=-50', whole.length - 50, whole.length]]) {
      const part = await recordings.download(manifest, name, range);
      assert.equal(part.status, 206, range);
      assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`);
      assert.ok(part.bytes.equals(whole.subarray(from, to)), range);
    }
    assert.equal((await recordings.download(manifest, name, `bytes=${whole.length}-`)).status, 416);
  }
});

light('Hostile names and ranges find nothing, and the server serves on', onePath, async (t) => {
  const { server } = await startRecorder(t);
  const recordings = new Recordings(server, 'hostile');
  const talker = runChirpTalker(t, server, { room: 'hostile', participant: 'boris', seconds: 8 });
  talker.catch(() => {});
  await server.connected('hostile', 1);
  const recording = await recordings.start();
  const secrets = ['..%2f..%2f..%2fetc%2fpasswd', '%2e%2e%2fmanifest.json', '..', '.', '%00', 'a%00.webm', '%2fetc%2fpasswd', '....%2f%2f', '~', 'x'.repeat(5000)];
  for (const name of secrets) {
    for (const path of [`${recordings.path}/${recording.id}/files/${name}`, `${recordings.path}/${name}`, `${recordings.path}/${name}/files/${name}`]) {
      for (const method of ['GET', 'DELETE']) {
        const { status } = await server.api(method, path);
        assert.ok(status >= 400 && status < 500, `${method} ${path.slice(0, 200)}: ${status}`);
      }
    }
  }
  for (const body of [{ modes: ['films'] }, { modes: [] }, { kinds: ['smell'] }, { max_duration_s: -1 }, { max_bytes: 'many' }, { modes: 'mix' }]) {
    const { status } = await server.api('POST', recordings.path, body);
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)}: ${status}`);
  }
  await talker;
  const manifest = await recordings.stop(recording);
  const [{ name }] = manifest.files;
  for (const range of ['bytes=9-1', 'bytes=--1', 'bytes=99999999999999999999-', 'lines=1-2', 'bytes=0-1,4-5,7-', `bytes=${'0-,'.repeat(2000)}`]) {
    const { status } = await recordings.download(manifest, name, range);
    assert.ok([200, 206, 400, 416, 431].includes(status), `${range.slice(0, 40)}: ${status}`);
  }
});

light('A recording is deleted with all its files, while it records too', onePath, async (t) => {
  const { server, disk } = await startRecorder(t);
  const recordings = new Recordings(server, 'deleted');
  const talker = runChirpTalker(t, server, { room: 'deleted', participant: 'boris', seconds: 10 });
  talker.catch(() => {});
  await server.connected('deleted', 1);
  const first = await recordings.start();
  await delay(2000);
  await recordings.stop(first);
  assert.ok(disk.soundFiles().length >= 2);
  const second = await recordings.start();
  await delay(2000);
  for (const { id } of [first, second]) {
    const { status } = await server.api('DELETE', `${recordings.path}/${id}`);
    // A recorder may ask to be stopped first.
    if (status === 409) {
      await recordings.stop({ id });
      assert.equal((await server.api('DELETE', `${recordings.path}/${id}`)).status, 204);
    } else assert.equal(status, 204);
    assert.equal((await server.api('GET', `${recordings.path}/${id}`)).status, 404);
  }
  assert.deepEqual(disk.soundFiles(), []);
  assert.deepEqual(await allRecordings(server), []);
  await talker;
});

/** CPU seconds and memory of the server so far. */
function spent(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  return { cpuS: (Number(fields[11]) + Number(fields[12])) * TICK_S, rssKb, atS: Date.now() / 1000 };
}

// Leaves half of two cores free, clients included.
const PEOPLE = environment.path === 'pipeline' ? 20 : environment.full ? 100 : 40;

/** The packets of talkers and silent participants are in their files, from the beginning to the end. */
async function assertPlayed(disk, manifest) {
  const sample = ['load-0', 'load-1', 'load-2', `load-${PEOPLE - 1}`];
  for (const { participant, file } of manifest.tracks.filter((track) => sample.includes(track.participant))) {
    const path = disk.soundFiles().find((each) => each.endsWith(`/${file}`));
    const ms = ((await decode(path)).length * 1000) / RATE;
    assert.ok(Math.abs(ms - manifest.duration_ms) < 1000, `${participant}: ${ms} of ${manifest.duration_ms} ms`);
  }
  const speakers = new Set(manifest.speech.map(({ participant }) => participant));
  assert.deepEqual([...speakers].sort(), sample.slice(0, 3), 'the talkers speak, and nobody else');
}

test(`All tracks of ${PEOPLE} people are recorded, and the call notices nothing`, onePath, async (t) => {
  const { server, disk } = await startRecorder(t);
  const measure = async (room, during) => {
    const call = startCall(t, server, { room, participants: PEOPLE, talkers: 3, silence: 'continuous' });
    await server.connected(room, PEOPLE);
    await during?.();
    await delay(1000);
    const before = spent(server.pid);
    await delay(5000);
    const after = spent(server.pid);
    const figures = await call.leave();
    return { figures, core: (after.cpuS - before.cpuS) / (after.atS - before.atS), rssKb: after.rssKb };
  };
  const calm = await measure('calm');
  const recordings = new Recordings(server, 'recorded');
  let recording;
  const recorded = await measure('recorded', async () => { recording = await recordings.start({ modes: ['tracks'] }); });
  const manifest = await recordings.stop(recording);
  assert.equal(manifest.tracks.length, PEOPLE);
  assert.equal(manifest.tracks.reduce((sum, { dropped }) => sum + dropped, 0), 0);
  await assertPlayed(disk, manifest);
  const each = (name) => (recorded[name] - calm[name]) / PEOPLE;
  t.diagnostic(`a track: ${(100 * each('core')).toFixed(3)} % of a core, ${each('rssKb').toFixed(0)} KB`);
  const line = ({ latency_ms: { p50, p99 } }) => `p50 ${p50} ms, p99 ${p99} ms`;
  t.diagnostic(`without recording ${line(calm.figures)}; with ${line(recorded.figures)}`);
  // Times depend on the machine too, and are only printed; effects on the call are counted.
  for (const { figures: { joins, packets, turns } } of [calm, recorded]) {
    assert.deepEqual([joins.removed, packets.lost, turns.unheard, turns.cut_short, turns.missing_frames], [0, 0, 0, 0, 0]);
  }
});
