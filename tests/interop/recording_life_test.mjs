// SPDX-License-Identifier: Apache-2.0
// Recordings while a server changes: its plugin is disabled, reloaded or stopped, rooms are made again, clocks jump, disks recover.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runChirpTalker } from './harness/chirping_call.mjs';
import { RATE } from './harness/chirps.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { decode } from './harness/recording_tools.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';

const test = concurrentTests(5);
const YEARS_S = 10 * 365 * 86400;

/** A participant that chirps until the server ends or its time does. */
async function talk(t, server, room, participant, seconds) {
  const ended = runChirpTalker(t, server, { room, participant, seconds });
  ended.catch(() => {});
  await server.connected(room, 1);
}

const PACKET_MS = 20;
/** What may be missing before the end: packets that are on their way. */
const ON_THE_WAY_MS = 300;

/** A recording that a stopping plugin has ended: it has what the server had received when the end began, and the next plugin adds its checksums. */
async function assertEndedWell({ server, disk, recordings, recording, packets }) {
  const manifest = await until('its checksums', async () => {
    const { status, body } = await server.api('GET', `${recordings.path}/${recording.id}`);
    return status === 200 && body.files.every(({ sha256 }) => sha256) && body;
  });
  assert.deepEqual([manifest.state, manifest.ended_by], ['finished', 'shutdown'], JSON.stringify(manifest));
  for (const { name } of manifest.files) {
    const file = disk.soundFiles().find((each) => each.includes(recording.id) && each.endsWith(`/${name}`));
    const ms = ((await decode(file)).length * 1000) / RATE;
    // Of packets that come much too late the recording keeps those that have a place.
    const { left_out: leftOut = 0 } = manifest.tracks[0];
    assert.ok(leftOut < packets / 2, `${leftOut} of ${packets} packets are left out`);
    const wholeMs = (packets - leftOut) * PACKET_MS;
    const text = `${name} has ${ms} of ${wholeMs} ms, and the recording ${manifest.duration_ms} ms: ${JSON.stringify(manifest.tracks)}`;
    assert.ok(ms > wholeMs - ON_THE_WAY_MS && ms < manifest.duration_ms + ON_THE_WAY_MS, text);
  }
}

/** How long a plugin that stops waits for a disk that stalls; in a second more its answer is there. */
const STOP_MS = 5000;

/** A recording of two seconds or more, and the milliseconds that `ending` took. */
async function recordUntil(t, ending, prepare = () => {}) {
  const { server, disk } = await startRecorder(t);
  await talk(t, server, 'ending', 'boris', 12);
  const received = async () => (await server.statistics('ending', 'boris')).packets_received;
  const recordings = new Recordings(server, 'ending');
  const recording = await recordings.start();
  const before = await received();
  await delay(2000);
  await prepare(server);
  const packets = (await received()) - before;
  assert.ok(packets * PACKET_MS > 500, `the talker sent ${packets} packets in more than two seconds`);
  const began = Date.now();
  await ending(server);
  return { server, disk, recordings, recording, packets, ms: Date.now() - began };
}

test('A recording is whole when its plugin is disabled in the middle of it, and the server answers soon', async (t) => {
  const ended = await recordUntil(t, async (running) => {
    assert.equal((await running.api('PATCH', '/v1/plugins/recording', { enabled: false })).status, 200);
  });
  assert.ok(ended.ms < STOP_MS + 1000, `disabling took ${ended.ms} ms`);
  assert.equal((await ended.server.api('PATCH', '/v1/plugins/recording', { enabled: true })).status, 200);
  await assertEndedWell(ended);
});

test('A recording is whole when a reload changes its settings, and an automatic one begins again', async (t) => {
  const ended = await recordUntil(t, (running) => running.reload(({ plugins }) => { plugins[1].config.idle_timeout_s = 30; }), async (running) => {
    assert.equal((await running.api('PUT', '/v1/rooms/ending', { recording: { auto: true, modes: ['mix'] } })).status, 200);
    await until('both are recorded', async () => (await allRecordings(running)).filter(({ state }) => state === 'recording').length === 2);
  });
  await assertEndedWell(ended);
  const next = await until('it is recorded again', async () => (await allRecordings(ended.server)).find(({ state }) => state === 'recording'));
  assert.deepEqual(next.modes, ['mix']);
});

test('A recording is whole when the server stops in the middle of it', async (t) => {
  await assertEndedWell(await recordUntil(t, async (running) => {
    await running.stop();
    await running.launch();
  }));
});

test('A room that is made again does not get the recordings of the one before it, and backends still find them', async (t) => {
  const { server } = await startRecorder(t);
  await talk(t, server, 'again', 'boris', 3);
  const recordings = new Recordings(server, 'again');
  const first = await recordings.start();
  await delay(1000);
  await recordings.stop(first);
  const { body: room } = await server.api('GET', '/v1/rooms/again');
  assert.equal(first.incarnation, room.incarnation, 'it belongs to this room');
  const listed = async (query = '') => (await server.api('GET', `${recordings.path}${query}`)).body.recordings.map(({ id }) => id);
  assert.deepEqual(await listed(), [first.id]);
  assert.equal((await server.api('DELETE', '/v1/rooms/again')).status, 204);
  assert.deepEqual(await listed(), [first.id], 'a backend collects it after the call');

  assert.equal((await server.api('PUT', '/v1/rooms/again', {})).status, 201);
  assert.deepEqual(await listed(), [], 'another room');
  assert.deepEqual(await listed('?incarnations=all'), [first.id]);
  assert.equal((await recordings.read(first)).id, first.id);
  assert.equal((await recordings.download(first, 'mix.webm')).status, 200);
  const { token } = await server.invite('again', 'eve');
  for (const path of [recordings.path, `${recordings.path}/${first.id}`, `${recordings.path}/${first.id}/files/mix.webm`, '/v1/plugins/recording/recordings']) {
    const { status } = await fetch(`${server.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    assert.ok([401, 403].includes(status), `${path}: ${status} for a join token`);
  }
});

test('A clock that jumps by ten years deletes nothing, and age deletes', async (t) => {
  const shift = join(scratch(t), 'shift');
  const { server, disk } = await startRecorder(t, { max_age_s: 86400 }, [], () => [], {
    CLOCK_SHIFT: shift, LD_PRELOAD: `${process.env.VECHE_STALL_DISK}:${process.env.VECHE_SHIFT_CLOCK}` });
  await talk(t, server, 'clock', 'boris', 3);
  const recordings = new Recordings(server, 'clock');
  const recording = await recordings.start();
  await delay(1000);
  await recordings.stop(recording);
  writeFileSync(shift, `${YEARS_S}`);
  // The plugin starts anew, and judges by the time of day what is there.
  const lines = await server.reload(({ plugins }) => { plugins[1].config.idle_timeout_s = 30; });
  await until('it is said', () => `${lines}${server.log()}`.includes('clock has jumped'));
  assert.deepEqual((await allRecordings(server)).map(({ id }) => id), [recording.id]);
  rmSync(shift);
  await server.reload(({ plugins }) => { plugins[1].config.max_age_s = 1; });
  await until('it is deleted', async () => (await allRecordings(server)).length === 0);
  // The list comes first, the disk after it.
  await until('its files are gone', () => disk.soundFiles().length === 0);
});

test('A disk that is too full refuses a recording at the request, and an automatic one begins when there is room', async (t) => {
  const { server, disk } = await startRecorder(t);
  disk.fail('ENOSPC');
  assert.equal((await server.api('PUT', '/v1/rooms/waiting', { recording: { auto: true, modes: ['mix'] } })).status, 201);
  await talk(t, server, 'waiting', 'boris', 15);
  const recordings = new Recordings(server, 'waiting');
  const { status, body } = await server.api('POST', recordings.path, {});
  assert.equal(status, 507, JSON.stringify(body));
  assert.match(body.type, /disk-full$/);
  disk.recover();
  const begun = await until('it is recorded', async () => (await allRecordings(server)).find(({ state }) => state === 'recording'), 12000);
  assert.equal(begun.room, 'waiting');
});

test('A recording that its disk has no room for is refused at the request, and leaves nothing', async (t) => {
  const { server, disk } = await startRecorder(t, { min_free_bytes: 4398046511104 });
  await server.createRoom('large', {});
  const recordings = new Recordings(server, 'large');
  const { status, body } = await server.api('POST', recordings.path, {});
  assert.deepEqual([status, body.type], [507, '/problems/disk-full'], JSON.stringify(body));
  assert.match(body.detail, /min_free_bytes/);
  assert.deepEqual((await server.api('GET', recordings.path)).body.recordings, []);
  assert.deepEqual(disk.soundFiles(), []);
});
