// SPDX-License-Identifier: Apache-2.0
// Full rooms of webrtcbin clients, and one that stalls. Figures are printed, not judged.

import assert from 'node:assert/strict';

import { assertWhole, measureLoad, runLoad } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { judged } from './harness/judged.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(2);
/** Leaves half of two cores free: the pipeline path costs several times as much. `make bench` fills rooms with up to 200. */
const ON_WIRE = environment.path === 'wire';
const SPEAKING_ALL = ON_WIRE ? 30 : 12;
const MOSTLY_SILENT = ON_WIRE ? 60 : 30;

test(`${SPEAKING_ALL} people with continuous silence and ${MOSTLY_SILENT} with DTX: everybody joins and hears, nothing is lost`, judged(async (t) => {
  const server = await VecheServer.start(t);
  const common = { talkers: 3, duration: 5, 'join-rate': 20, 'expect-no-loss': true };
  assertWhole(await measureLoad(t, server, { ...common, room: 'silence', participants: SPEAKING_ALL, silence: 'continuous' }), SPEAKING_ALL);
  assertWhole(await measureLoad(t, server, { ...common, room: 'dtx', participants: MOSTLY_SILENT, silence: 'dtx' }), MOSTLY_SILENT);
}));

test('A stalled client does not delay the others', judged(async (t) => {
  const server = await VecheServer.start(t);
  const common = { room: 'stalled', talkers: 2, silence: 'dtx', duration: 3, 'expect-no-loss': true };
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
}));
