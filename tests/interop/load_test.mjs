// SPDX-License-Identifier: Apache-2.0
// Many webrtcbin clients: full rooms, clients that join and leave, one that stalls. Figures are printed, not judged.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { assertNothingMissing, measureLoad, runLoad } from './harness/command.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

/** Leaves half of two cores free: the pipeline path costs several times as much. `make bench` fills rooms with up to 200. */
const ON_WIRE = environment.path === 'wire';
const SPEAKING_ALL = ON_WIRE ? 30 : 12;
const MOSTLY_SILENT = ON_WIRE ? 60 : 30;
const CHURN = environment.full ? 1000 : 300;
const CHURN_PER_S = ON_WIRE ? 40 : 24;
const SETTLE_MS = 20000;

/** All participants joined, all heard every talker, nothing was lost. */
function assertWhole(figures, participants) {
  assertNothingMissing(figures);
  assert.equal(figures.joins.joined, participants);
  assert.equal(figures.packets.lost, 0);
  assert.ok(figures.packets.received > participants * 100, `${figures.packets.received} packets arrived`);
}

test(`${SPEAKING_ALL} people with continuous silence and ${MOSTLY_SILENT} with DTX: everybody joins and hears, nothing is lost`, async (t) => {
  const server = await VecheServer.start(t);
  const common = { talkers: 3, duration: 5, 'join-rate': 20, 'expect-no-loss': true };
  assertWhole(await measureLoad(t, server, { ...common, room: 'silence', participants: SPEAKING_ALL, silence: 'continuous' }), SPEAKING_ALL);
  assertWhole(await measureLoad(t, server, { ...common, room: 'dtx', participants: MOSTLY_SILENT, silence: 'dtx' }), MOSTLY_SILENT);
});

function footprint(pid) {
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]),
  };
}

test(`${CHURN} joins and leaves, a third before DTLS is done, leave nothing behind`, async (t) => {
  const server = await VecheServer.start(t);
  const churn = (participants) => measureLoad(t, server, {
    room: 'churn', participants, talkers: 0, silence: 'dtx', slots: 2, duration: 1, 'join-rate': CHURN_PER_S, joining: CHURN_PER_S / 2,
    stay: 0.5, 'leave-early': 0.34 });
  const everybodyIsGone = () => until('everybody is gone', async () => {
    const room = await server.api('GET', '/v1/rooms/churn/participants');
    return room.status === 404 || room.body.participants.length === 0;
  });
  await churn(50); // One-time allocations: caches, thread pools, arenas.
  await everybodyIsGone();
  await delay(1000);
  const before = footprint(server.pid);
  const figures = await churn(CHURN);
  assert.equal(figures.joins.failed, 0, figures.joins.first_failure);
  assert.equal(figures.joins.joined + figures.joins.left_early, CHURN);
  await everybodyIsGone();
  let after;
  await until('descriptors and threads are as before', () => {
    after = footprint(server.pid);
    return after.descriptors <= before.descriptors + 4 && after.threads <= before.threads + 4;
  }, SETTLE_MS).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`); });
  t.diagnostic(`${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  assert.ok(after.kilobytes < before.kilobytes + 10 * 1024 + 30 * CHURN, `memory: ${before.kilobytes} KB became ${after.kilobytes} KB`);
});

test('A stalled client does not delay the others', async (t) => {
  const server = await VecheServer.start(t);
  const common = { room: 'stalled', talkers: 2, silence: 'dtx', duration: 5, 'expect-no-loss': true };
  let stalled;
  const still = runLoad(t, server, { room: 'stalled', participants: 1, talkers: 0, 'name-prefix': 'still', duration: 60 },
    (child) => { stalled = child; });
  still.catch(() => {});
  await until('the client that will stall has joined', async () => {
    const { body } = await server.api('GET', '/v1/rooms/stalled/participants');
    return body.participants?.some(({ state }) => state === 'connected');
  });
  const before = await measureLoad(t, server, { ...common, participants: 6, 'name-prefix': 'before' });
  stalled.kill('SIGSTOP');
  await delay(200);
  const during = await measureLoad(t, server, { ...common, participants: 6, 'name-prefix': 'during' });
  stalled.kill('SIGCONT');
  for (const figures of [before, during]) assertWhole(figures, 6);
  // A server that waited for the stalled client would be late by seconds.
  const [calm, disturbed] = [before.latency_ms.p95, during.latency_ms.p95];
  assert.ok(disturbed < calm + 100, `latency p95 ${calm} ms became ${disturbed} ms`);
});
