// SPDX-License-Identifier: Apache-2.0
// Disks that are full, slow or gone, and a server that dies: what was recorded stays, and the call goes on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { runChirpTalker } from './harness/chirping_call.mjs';
import { RATE } from './harness/chirps.mjs';
import { measureLoad } from './harness/command.mjs';
import { decode } from './harness/recording_tools.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { delay, until } from './harness/until.mjs';

const KILLS = Number(process.env.VECHE_RECORDING_KILLS ?? 20);
const STALL_S = Number(process.env.VECHE_RECORDING_STALL_S ?? 30);
const LOST_AT_MOST_MS = 2000;

/** Somebody who talks until the server dies or the time is over. */
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
    await delay(3000 + Math.random() * 4000);
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
    const listed = await allRecordings(server);
    for (const id of ids) assert.equal(listed.find((each) => each.id === id)?.state, 'interrupted', id);
  }
  t.diagnostic(`killed ${KILLS} times: at most the last ${worstMs.toFixed(0)} ms are missing`);
});

/** A call of load and of one who chirps, recorded; `disturb` does something to the disk meanwhile. Gives what became of both. */
async function recordUnder(t, { seconds, disturb }) {
  const { server, disk } = await startRecorder(t);
  const room = 'disturbed';
  const recordings = new Recordings(server, room);
  const load = measureLoad(t, server, { room, participants: 6, talkers: 2, silence: 'dtx', duration: seconds, 'expect-no-loss': true });
  load.catch(() => {});
  const talker = talk(t, server, room, 'boris', seconds);
  await server.connected(room, 7);
  const recording = await recordings.start({ participants: ['boris'] }); // What the load sends is no Opus.
  await delay(2000);
  await disturb({ server, disk, recordings, recording });
  const [figures] = await Promise.all([load, talker]);
  assert.deepEqual(figures.shortcomings, [], 'the call was disturbed');
  assert.equal(figures.packets.lost, 0);
  t.diagnostic(`latency p99 ${figures.latency_ms.p99} ms, lost ${figures.packets.lost}`);
  const manifest = await recordings.read(recording);
  return { server, disk, recordings, recording, manifest };
}

test('A disk that stands still costs the call nothing, and the recording says what it lacks', async (t) => {
  const { recordings, recording, disk } = await recordUnder(t, {
    seconds: STALL_S + 15,
    disturb: async ({ disk: still }) => {
      still.standStill();
      await delay(STALL_S * 1000);
      still.goOn();
    },
  });
  const manifest = await recordings.stop(recording);
  assert.equal(manifest.state, 'finished', JSON.stringify(manifest));
  const track = manifest.tracks.find(({ participant }) => participant === 'boris');
  const lacking = track.gaps.filter(({ reason }) => reason === 'disk');
  t.diagnostic(`the disk stood still for ${STALL_S} s: ${track.dropped} packets dropped, gaps ${JSON.stringify(lacking)}`);
  assert.ok(track.dropped === 0 || lacking.length > 0, 'what was dropped is a gap');
  for (const file of disk.soundFiles()) {
    const sound = await decode(file);
    assert.ok(Math.abs((sound.length * 1000) / RATE - manifest.duration_ms) < 1000, `${file} has ${sound.length / RATE} s of ${manifest.duration_ms} ms`);
  }
});

for (const [error, what] of [['ENOSPC', 'full'], ['EIO', 'broken'], ['EACCES', 'not to be written']]) {
  test(`A disk that is ${what} ends the recording with a reason, and the call goes on`, async (t) => {
    const { server, disk, recordings, recording } = await recordUnder(t, {
      seconds: 15,
      disturb: async ({ disk: broken, recordings: ongoing, recording: one }) => {
        broken.fail(error);
        const manifest = await ongoing.ended(one);
        assert.ok(['failed', 'finished'].includes(manifest.state), manifest.state);
        assert.notEqual(manifest.detail, '', 'it says why');
      },
    });
    disk.goOn();
    for (const file of disk.soundFiles()) assert.ok((await decode(file)).length > 0, `${file} plays`);
    const listed = await until('it is listed', async () => (await allRecordings(server)).find(({ id }) => id === recording.id));
    const { body: plugin } = await server.api('GET', '/v1/plugins/recording');
    const counted = plugin.metrics.find(({ name }) => name === `recordings_${listed.state}_total`);
    assert.equal(counted?.value, 1, `${listed.state}: ${JSON.stringify(plugin.metrics)}`);
    const room = new Recordings(server, 'after');
    const talker = talk(t, server, 'after', 'carol', 5);
    await server.connected('after', 1);
    const next = await room.start();
    await talker;
    assert.equal((await room.stop(next)).state, 'finished', 'the next recording has a disk again');
    assert.equal((await recordings.read(recording)).id, recording.id);
  });
}

/** Words that give a server a disk of its own, of so many bytes, in place of the directory. It goes with the server. */
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

test('A real disk of 600 KB fills up: what fitted plays, the call goes on, and the next recording has room again', { skip: mountProblem() }, async (t) => {
  const { server, disk } = await startRecorder(t, { min_free_bytes: 0 }, [], smallDisk(600 * 1024));
  const room = 'real';
  const recordings = new Recordings(server, room);
  const load = measureLoad(t, server, { room, participants: 6, talkers: 2, silence: 'dtx', duration: 25, 'expect-no-loss': true });
  load.catch(() => {});
  const talker = talk(t, server, room, 'boris', 25);
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
  const [figures] = await Promise.all([load, talker]);
  assert.deepEqual(figures.shortcomings, [], 'the call was disturbed');
  t.diagnostic(`latency p99 ${figures.latency_ms.p99} ms, lost ${figures.packets.lost}`);
});

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
