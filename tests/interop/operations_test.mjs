// SPDX-License-Identifier: Apache-2.0
// What operators do to a server while people talk: changing settings, and stopping it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startCall } from './harness/command.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const ROUNDS = 20;
// Leaves half of two cores free, clients included.
const PEOPLE = environment.path === 'wire' ? 60 : 25;

test('SIGHUP 20 times during a large call: every setting that can change does, nothing is lost', judged(async (t) => {
  const server = await VecheServer.start(t);
  const call = startCall(t, server, { room: 'call', participants: PEOPLE, talkers: 3, silence: 'dtx', 'expect-no-loss': true });
  await server.connected('call', PEOPLE);
  await delay(1000);
  for (let round = 1; round <= ROUNDS; round += 1) {
    await server.reload((configuration) => {
      configuration.plugins[0].config.max_speakers = 3 + (round % 2);
      configuration.rooms = { max_participants: 100 + round };
      configuration.http.cors_origins = [`https://round-${round}.example`];
      configuration.log = { level: 'info', format: 'text' };
    });
    await until('forwarding has its new settings', () => server.log().split('forwarding has its new settings').length > round);
    const { body } = await server.api('PUT', '/v1/rooms/other', {});
    assert.equal(body.max_participants, 100 + round);
  }
  const refused = await server.reload((configuration) => { configuration.media.lanes = -1; }, 'nothing has changed');
  assert.match(refused, /\/media\/lanes: -1 is not allowed/);
  const figures = await call.leave();
  assertNothingMissing(figures);
  assert.equal(figures.packets.lost, 0);
  assert.equal(figures.turns.missing_frames, 0);
  const { body } = await server.api('GET', '/v1/server');
  assert.deepEqual(body.restart_needed, []);
}));

test('A drain lets a large call end, refuses new participants, and ends the server when it is empty', judged(async (t) => {
  const server = await VecheServer.start(t);
  const call = startCall(t, server, { room: 'call', participants: PEOPLE, talkers: 3, silence: 'dtx', 'expect-no-loss': true });
  await server.connected('call', PEOPLE);
  const { status } = await server.api('POST', '/v1/server/drain', { deadline_s: 60 });
  assert.equal(status, 200);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 503);
  const refused = await server.api('POST', '/v1/rooms/call/participants', {});
  assert.equal(refused.status, 503, JSON.stringify(refused.body));
  assert.ok(refused.headers.get('retry-after'));
  await delay(2000);
  assert.ok(!server.hasEnded, 'it waits for the call');
  const figures = await call.leave();
  assertNothingMissing(figures);
  assert.equal(figures.packets.lost, 0);
  await until('the server has ended', () => server.hasEnded, 5000);
}));

test('SIGTERM waits for the call until the deadline, a second one does not', async (t) => {
  const server = await VecheServer.start(t);
  await server.reload((configuration) => { configuration.server.drain_deadline_s = 60; });
  startCall(t, server, { room: 'call', participants: 2, talkers: 1, silence: 'dtx' });
  await server.connected('call', 2);
  server.signal('SIGTERM');
  await until('it drains', async () => (await fetch(`${server.url}/readyz`)).status === 503);
  await delay(1000);
  assert.ok(!server.hasEnded);
  server.signal('SIGTERM');
  await until('the server has ended', () => server.hasEnded, 5000);
});
