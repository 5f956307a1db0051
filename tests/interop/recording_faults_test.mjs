// SPDX-License-Identifier: Apache-2.0
// Disks that are full, stalled or broken, and a server that dies: recorded data survives, and the call continues.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runChirpTalker } from './harness/chirping_call.mjs';
import { RATE } from './harness/chirps.mjs';
import { startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { decode } from './harness/recording_tools.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { delay, until } from './harness/until.mjs';
import { environment } from './harness/veche_server.mjs';

const test = concurrentTests(4);
// tests/unit/recording/file/kill_test.cpp kills a writer 20 times.
const KILLS = environment.full ? 20 : 3;
const LOST_AT_MOST_MS = 2000;
const FRAME_MS = 20;
/** A file that is longer has sound. */
const HEADERS_BYTES = 4096;

/** A participant that chirps until the server dies or its time ends. */
function talk(t, server, room, participant, seconds) {
  const ended = runChirpTalker(t, server, { room, participant, seconds });
  ended.catch(() => {});
  return ended;
}

test('What was recorded up to two seconds before the server is killed plays, and is listed as interrupted', async (t) => {
  const { server, disk } = await startRecorder(t);
  const ids = [];
  let worstMs = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const room = `killed-${round}`;
    const known = new Set(disk.soundFiles());
    const ended = ['boris', 'carol'].map((participant) => talk(t, server, room, participant, 12));
    await server.connected(room, 2);
    const recording = await new Recordings(server, room).start();
    ids.push(recording.id);
    const began = Date.now();
    await delay(3000 + (round * 4000) / KILLS);
    const lastedMs = Date.now() - began;
    await server.kill();
    const fresh = disk.soundFiles().filter((file) => !known.has(file));
    assert.ok(fresh.length >= 3, `two tracks and a mix: ${fresh}`);
    for (const file of fresh) {
      const sound = await decode(file, { decoder: 'opus' });
      assert.equal((await decode(file)).length, sound.length, 'both decoders play all of it');
      const missingMs = lastedMs - (sound.length * 1000) / RATE;
      worstMs = Math.max(worstMs, missingMs);
      assert.ok(missingMs <= LOST_AT_MOST_MS, `${file}: ${missingMs.toFixed(0)} ms of ${lastedMs} ms are missing`);
    }
    await Promise.allSettled(ended);
    await server.launch();
    // The new server scans its disk on a separate thread.
    const listed = await until('all recordings are listed', async () => {
      const all = await allRecordings(server);
      return ids.every((id) => all.some((each) => each.id === id)) && all;
    });
    for (const { id, state } of listed) assert.equal(state, 'interrupted', id);
  }
  t.diagnostic(`killed ${KILLS} times: at most the last ${worstMs.toFixed(0)} ms are missing`);
});

/**
 * A call in which one participant chirps and is recorded; `disturb` meanwhile disturbs the disk and returns the recording's
 * manifest. The call must not notice.
 */
async function recordUnder(t, { seconds, config, disturb }) {
  const { server, disk } = await startRecorder(t, config);
  const room = 'disturbed';
  const recordings = new Recordings(server, room);
  const call = startCall(t, server, { room, participants: 6, talkers: 2, silence: 'dtx', 'expect-no-loss': true });
  const talker = talk(t, server, room, 'boris', seconds);
  await server.connected(room, 7);
  const recording = await recordings.start({ participants: ['boris'] });
  await delay(2000);
  await until('there is sound in the track and in the mix', () => {
    const files = disk.soundFiles();
    return files.length === 2 && files.every((file) => statSync(file).size > HEADERS_BYTES);
  });
  const manifest = await disturb({ disk, recordings, recording });
  await talker;
  const figures = await call.leave();
  assertNothingMissing(figures);
  assert.equal(figures.packets.lost, 0);
  t.diagnostic(`latency p99 ${figures.latency_ms.p99} ms, lost ${figures.packets.lost}`);
  return { server, disk, recordings, recording, manifest };
}

/** The disk stalls for some seconds, then a request ends the recording. */
const stallFor = (seconds) => async ({ disk, recordings, recording }) => {
  disk.stall();
  await delay(seconds * 1000);
  disk.recover();
  await delay(2000);
  return recordings.stop(recording);
};

/** The track of the chirping participant, and its losses due to the disk; every file has the recording's length. */
async function trackOf({ disk, manifest }) {
  assert.equal(manifest.state, 'finished', JSON.stringify(manifest));
  for (const file of disk.soundFiles()) {
    const ms = ((await decode(file)).length * 1000) / RATE;
    assert.ok(Math.abs(ms - manifest.duration_ms) < 1000, `${file} has ${ms} of ${manifest.duration_ms} ms`);
  }
  const track = manifest.tracks.find(({ participant }) => participant === 'boris');
  const gaps = track.gaps.filter(({ reason }) => reason === 'disk');
  return { dropped: track.dropped, gaps, gapMs: gaps.reduce((sum, gap) => sum + gap.end_ms - gap.start_ms, 0) };
}

test('A stalled disk costs neither the call nor the recording anything while packets fit into memory', judged(async (t) => {
  const stallS = environment.full ? 30 : 6;
  const { dropped, gaps } = await trackOf(await recordUnder(t, { seconds: stallS + 8, disturb: stallFor(stallS) }));
  assert.equal(dropped, 0);
  assert.deepEqual(gaps, []);
}));

test('When a disk stalls for longer than memory lasts, the recording says what it lacks, and the call goes on', judged(async (t) => {
  const stallS = environment.full ? 30 : 14;
  // Enough for about 300 packets, which is 6 s.
  const { dropped, gaps, gapMs } = await trackOf(await recordUnder(t, {
    seconds: stallS + 8, config: { queue_bytes: 65536 }, disturb: stallFor(stallS) }));
  t.diagnostic(`the disk stalled for ${stallS} s: ${dropped} packets dropped, gaps ${JSON.stringify(gaps)}`);
  assert.ok(dropped > 100, `${dropped} packets were dropped`);
  assert.ok(Math.abs(gapMs - dropped * FRAME_MS) < 500, `gaps of ${gapMs} ms, ${dropped} packets dropped`);
}));

/** Why no real disk can fill up here, or false. */
const NO_REAL_DISK = mountProblem();
const BROKEN = ['EIO', 'broken', 'failure'];
const FAULTS = environment.full || NO_REAL_DISK ? [['ENOSPC', 'full', 'disk-full'], BROKEN, ['EACCES', 'not to be written', 'failure']] : [BROKEN];
for (const [error, what, endedBy] of FAULTS) {
  test(`A disk that is ${what} ends the recording with a reason, and the call goes on`, judged(async (t) => {
    const { server, disk, recordings, recording, manifest } = await recordUnder(t, {
      seconds: 8,
      disturb: ({ disk: broken, recordings: ongoing, recording: one }) => {
        broken.fail(error);
        return ongoing.ended(one);
      },
    });
    assert.deepEqual([manifest.state, manifest.ended_by], ['failed', endedBy]);
    assert.notEqual(manifest.detail, '', 'it says why');
    disk.recover();
    for (const file of disk.soundFiles()) assert.ok((await decode(file)).length > 0, `${file} plays`);
    const listed = await until('it is listed', async () => (await allRecordings(server)).find(({ id }) => id === recording.id));
    assert.equal(listed.state, 'failed');
    const { body: plugin } = await server.api('GET', '/v1/plugins/recording');
    const counted = plugin.metrics.find(({ name }) => name === 'recordings_failed_total');
    assert.equal(counted?.value, 1, JSON.stringify(plugin.metrics));
    const room = new Recordings(server, 'after');
    const talker = talk(t, server, 'after', 'carol', 3);
    await server.connected('after', 1);
    const next = await room.start();
    await talker;
    assert.equal((await room.stop(next)).state, 'finished', 'the next recording has a disk again');
    assert.equal((await recordings.read(recording)).id, recording.id);
  }));
}

/** Words that mount a separate disk of this many bytes over the server's directory. The disk is removed with the server. */
const smallDisk = (bytes) => (directory) => ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
  `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`, directory];

function mountProblem() {
  try {
    execFileSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], { stdio: 'pipe', encoding: 'utf8' });
    return false;
  } catch (error) {
    return `no file system can be mounted here: ${(error.stderr || error.message).trim()}`;
  }
}

test('A real disk of 600 KB fills up: what fitted plays, the call goes on, and the next recording has room again', { skip: NO_REAL_DISK }, judged(async (t) => {
  const { server, disk } = await startRecorder(t, { min_free_bytes: 0 }, [], smallDisk(600 * 1024));
  const room = 'real';
  const recordings = new Recordings(server, room);
  const call = startCall(t, server, { room, participants: 6, talkers: 2, silence: 'dtx', 'expect-no-loss': true });
  talk(t, server, room, 'boris', 60); // It ends with the test.
  await server.connected(room, 7);
  // The server's own view of its directory.
  const there = `/proc/${server.pid}/root${disk.directory}`;
  const recording = await recordings.start({ participants: ['boris'] });
  await delay(3000);
  assert.throws(() => writeFileSync(join(there, 'filler'), Buffer.alloc(1024 * 1024)), /ENOSPC/);
  const full = await recordings.ended(recording);
  assert.deepEqual([full.state, full.ended_by], ['failed', 'disk-full']);
  assert.match(full.detail, /No space left on device/);
  const files = readdirSync(there, { recursive: true }).filter((name) => name.endsWith('.webm'));
  assert.equal(files.length, 2, `a track and the mix: ${files}`);
  for (const file of files) assert.ok((await decode(join(there, file))).length > RATE, `${file} plays for more than a second`);

  rmSync(join(there, 'filler'));
  const next = await recordings.start({ participants: ['boris'] });
  await delay(2000);
  assert.equal((await recordings.stop(next)).state, 'finished', 'there is room again');
  const figures = await call.leave();
  assertNothingMissing(figures);
  t.diagnostic(`latency p99 ${figures.latency_ms.p99} ms, lost ${figures.packets.lost}`);
}));

test('Where nothing can be written no recording begins, and the answer says why', async (t) => {
  const { server, disk } = await startRecorder(t);
  const talker = talk(t, server, 'refused', 'boris', 5);
  await server.connected('refused', 1);
  disk.fail('EACCES');
  const { status, body } = await server.api('POST', new Recordings(server, 'refused').path, { modes: ['mix'] });
  assert.ok(status >= 500 || status === 409, `${status} ${JSON.stringify(body)}`);
  assert.match(JSON.stringify(body), /ermission/);
  await talker;
  assert.deepEqual(disk.soundFiles(), []);
});
