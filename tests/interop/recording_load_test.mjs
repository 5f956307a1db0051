// SPDX-License-Identifier: Apache-2.0
// A full room that is recorded: what each track costs, and that the call does not notice it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { RATE } from './harness/chirps.mjs';
import { startCall } from './harness/command.mjs';
import { decode } from './harness/recording_tools.mjs';
import { Recordings, startRecorder } from './harness/recordings.mjs';
import { delay } from './harness/until.mjs';
import { environment } from './harness/veche_server.mjs';

const TICK_S = 0.01; // Of /proc/<pid>/stat.

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

test(`All tracks of ${PEOPLE} people are recorded, and the call notices nothing`, async (t) => {
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
