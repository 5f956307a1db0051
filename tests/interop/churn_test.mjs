// SPDX-License-Identifier: Apache-2.0
// Many webrtcbin clients that join and leave.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { measureLoad } from './harness/command.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

// The pipeline path costs several times as much, and a port for each participant: a test has 40.
const ON_WIRE = environment.path === 'wire';
const CHURN = environment.full ? 1000 : 300;
const CHURN_PER_S = ON_WIRE ? 40 : 12;
const WAVES = 3;
const SETTLE_MS = 20000;

function footprint(pid) {
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]),
  };
}

test(`${CHURN} joins and leaves, a third before DTLS is done, leave nothing behind`, async (t) => {
  const server = await VecheServer.start(t);
  const churn = async (participants) => {
    const figures = await measureLoad(t, server, {
      room: 'churn', participants, talkers: 0, silence: 'dtx', slots: 2, duration: 1, 'join-rate': CHURN_PER_S, joining: CHURN_PER_S / 2,
      stay: 0.5, 'leave-early': 0.34 });
    assert.equal(figures.joins.failed, 0, figures.joins.first_failure);
    assert.equal(figures.joins.joined + figures.joins.left_early, participants);
    await until('everybody is gone', async () => {
      const room = await server.api('GET', '/v1/rooms/churn/participants');
      return room.status === 404 || room.body.participants.length === 0;
    });
  };
  await churn(50); // One-time allocations: caches, thread pools, arenas.
  await delay(1000);
  let before;
  let after = footprint(server.pid);
  // What is left behind, each wave leaves again. What the heap keeps of the most people that were there at once, the calmest does not.
  const leaks = () => after.kilobytes > before.kilobytes + 10 * 1024 + 30 * CHURN;
  for (let wave = 0; wave === 0 || (wave < WAVES && leaks()); ++wave) {
    before = after;
    await churn(CHURN);
    await until('descriptors and threads are as before', () => {
      after = footprint(server.pid);
      return after.descriptors <= before.descriptors + 4 && after.threads <= before.threads + 4;
    }, SETTLE_MS).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`); });
    t.diagnostic(`${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  }
  assert.ok(!leaks(), `memory: ${before.kilobytes} KB became ${after.kilobytes} KB`);
});
