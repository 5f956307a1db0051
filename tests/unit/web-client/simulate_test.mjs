// SPDX-License-Identifier: Apache-2.0
// Failures on demand: each looks like the real one, and the call comes back.

import assert from 'node:assert/strict';
import test from 'node:test';

import { join, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

async function called(t) {
  let tokens = 0;
  const call = setUp(t, { token: async () => `T${(tokens += 1)}` });
  const microphone = fakeMicrophone();
  await join(call.time, call.client, microphone);
  snapshot(call.sockets[0]);
  await call.time.advance(60000);
  return { ...call, microphone };
}

test('A network that is lost: nothing is heard, sent or asked until it returns, and then ICE is restarted', async (t) => {
  const { time, client, connections, server, details, sockets, microphone } = await called(t);
  const asked = server.requests.length;
  const { transceivers: [{ sender }, { receiver }] } = connections[0];
  client.simulate('network-loss', { ms: 8000 });
  await time.advance(7999);
  assert.equal(client.state, 'reconnecting');
  assert.deepEqual([server.requests.length, sender.track, receiver.track.enabled, sockets.length], [asked, null, false, 1]);
  assert.ok(details.at(-1).attempt >= 4);
  await time.advance(1);
  assert.deepEqual([client.state, client.sessions, connections[0].generation], ['connected', 1, 1]);
  assert.deepEqual([sender.track, receiver.track.enabled, sockets[1].resume], [microphone.track, true, 'S:1']);
});

test('A network that is lost until the call has ended', async (t) => {
  const { time, client, details } = await called(t);
  client.simulate('network-loss', { ms: 5000 });
  await time.advance(1000);
  client.leave();
  const count = details.length;
  await time.advance(60000);
  assert.equal(details.length, count);
});

test('A server that restarts, ICE that fails, and events that are cut', async (t) => {
  const cases = [
    ['server-restart', { sessions: 2, generation: 0, states: ['reconnecting: server_stopping', 'reconnecting: server_stopping', 'connected'] }],
    ['ice-failed', { sessions: 1, generation: 1, states: ['reconnecting: connection failed', 'connected'] }],
    ['events-lost', { sessions: 1, generation: 0, states: [] }],
    ['token-expired', { sessions: 1, generation: 0, states: ['reconnecting: token_expired', 'connected'] }],
  ];
  for (const [what, { sessions, generation, states }] of cases) {
    const call = await called(t);
    await call.client.simulate(what);
    await call.time.advance(3000);
    assert.equal(call.client.state, 'connected', what);
    assert.deepEqual([call.client.sessions, call.connections[0].generation, call.states().slice(2)], [sessions, generation, states], what);
    if (what === 'events-lost' || what === 'token-expired') assert.equal(call.sockets.length, 2, what);
    if (what === 'token-expired') assert.equal(call.sockets[1].token, 'T2');
  }
});

test('A microphone that is lost, and a failure that there is not', async (t) => {
  const { client, microphone } = await called(t);
  const seen = [];
  client.addEventListener('microphone', ({ detail }) => seen.push(detail));
  await client.simulate('microphone-lost');
  assert.deepEqual(seen, [{ state: 'lost', reason: 'ended' }]);
  assert.equal(microphone.track.readyState, 'ended');
  assert.equal(client.state, 'connected');
  await assert.rejects(client.simulate('earthquake'), /no failure of this name/);
});
