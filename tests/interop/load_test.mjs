// SPDX-License-Identifier: Apache-2.0
// Many webrtcbin clients: full rooms, people who come and go, one who stands still. Figures are printed, not judged.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { measureLoad, runLoad } from './harness/command.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

/** Everybody joined, everybody heard every talker, nothing was lost. */
function assertWhole(figures, participants) {
  assert.deepEqual(figures.shortcomings, [], figures.errors);
  assert.equal(figures.code, 0, figures.errors);
  assert.equal(figures.joins.joined, participants);
  assert.equal(figures.packets.lost, 0);
  assert.ok(figures.packets.received > participants * 100, `${figures.packets.received} packets arrived`);
}

// `make bench` fills rooms with 50 and 100; a test must also pass on a machine that does something else besides.
test('30 people with continuous silence and 60 with DTX: everybody joins and hears, nothing is lost', async (t) => {
  const server = await VecheServer.start(t);
  const common = { talkers: 3, duration: 8, 'join-rate': 20, 'expect-no-loss': true };
  assertWhole(await measureLoad(t, server, { ...common, room: 'silence', participants: 30, silence: 'continuous' }), 30);
  assertWhole(await measureLoad(t, server, { ...common, room: 'dtx', participants: 60, silence: 'dtx' }), 60);
});

test('1,000 joins and leaves, a third before DTLS is done, leave nothing behind', async (t) => {
  const server = await VecheServer.start(t);
  const churn = (participants) => measureLoad(t, server, {
    room: 'churn', participants, talkers: 0, silence: 'dtx', slots: 2, duration: 1, 'join-rate': 40, stay: 0.5, 'leave-early': 0.34 });
  const warm = await churn(50); // What is made once: caches, thread pools, arenas.
  const figures = await churn(1000);
  assert.equal(figures.joins.failed, 0, figures.joins.first_failure);
  assert.equal(figures.joins.joined + figures.joins.left_early, 1000);
  const room = await server.api('GET', '/v1/rooms/churn/participants');
  assert.ok(room.status === 404 || room.body.participants.length === 0, `still there: ${JSON.stringify(room.body)}`);
  const { after } = figures.server;
  assert.ok(after.descriptors <= warm.server.after.descriptors + 4, `descriptors: ${warm.server.after.descriptors} became ${after.descriptors}`);
  assert.ok(after.threads <= warm.server.after.threads + 4, `threads: ${warm.server.after.threads} became ${after.threads}`);
  assert.ok(after.rss_kb < warm.server.after.rss_kb + 40 * 1024, `memory: ${warm.server.after.rss_kb} KB became ${after.rss_kb} KB`);
});

test('A client that stands still does not delay the others', async (t) => {
  const server = await VecheServer.start(t);
  const common = { room: 'stalled', talkers: 2, silence: 'dtx', duration: 10, 'expect-no-loss': true };
  let stalled;
  const still = runLoad(t, server, { room: 'stalled', participants: 1, talkers: 0, 'name-prefix': 'still', duration: 25 },
    (child) => { stalled = child; });
  still.catch(() => {});
  await until('the one who will stand still has joined', async () => {
    const { body } = await server.api('GET', '/v1/rooms/stalled/participants');
    return body.participants?.some(({ state }) => state === 'connected');
  }, 15000);
  const before = await measureLoad(t, server, { ...common, participants: 6, 'name-prefix': 'before' });
  stalled.kill('SIGSTOP');
  await delay(200);
  const during = await measureLoad(t, server, { ...common, participants: 6, 'name-prefix': 'during' });
  stalled.kill('SIGCONT');
  for (const figures of [before, during]) assertWhole(figures, 6);
  // A server that waited for the one who stands still would be late by seconds.
  const [calm, disturbed] = [before.latency_ms.p95, during.latency_ms.p95];
  assert.ok(disturbed < calm + 100, `latency p95 ${calm} ms became ${disturbed} ms`);
});
