// SPDX-License-Identifier: Apache-2.0
// What a voice client and its server tell each other during a call: commands, the room, and what is repeated after a cut.

import assert from 'node:assert/strict';
import test from 'node:test';

import { entry, join, said, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

const resumed = (socket, data) => socket.receive({ type: 'resumed', seq: 2, stream: 'S', data: { self: entry('ann'), pinned: [], blocked: [], ...data } });

test('A command without an answer fails after ten seconds', async (t) => {
  const { time, client, problems } = setUp(t);
  await join(time, client);
  const pinned = client.pin(['bob']);
  await time.advance(10000);
  await pinned;
  assert.deepEqual(client.pinned, []);
  assert.deepEqual(problems, ['The server does not answer']);
});

test('A list that the server refuses is as it was before', async (t) => {
  const { time, client, sockets, problems } = setUp(t);
  await join(time, client);
  snapshot(sockets[0], { pinned: ['bob'] });
  const changed = client.pin(['bob', 'eve']);
  assert.deepEqual(client.pinned, ['bob', 'eve'], 'it is shown at once');
  sockets[0].receive({ type: 'problem', seq: 2, id: sockets[0].sent.at(-1).id, data: { title: 'Too many', status: 429 } });
  await changed;
  assert.deepEqual(client.pinned, ['bob']);
  assert.deepEqual(problems, ['Too many']);
});

test('A call goes on while its WebSocket is opened again, and what was said meanwhile is repeated', async (t) => {
  const { time, client, states, problems, sockets, server } = setUp(t);
  await join(time, client, fakeMicrophone());
  snapshot(sockets[0]);
  sockets[0].close();
  client.setMuted(true); // The server does not get that.
  client.block(['eve']);
  await time.advance(500);
  assert.deepEqual(sockets.map(({ resume }) => resume), [null, 'S:1']);
  resumed(sockets[1], { pinned: ['bob'] }); // The backend did that.
  assert.deepEqual(said(sockets[1]), [['block', { participants: ['eve'] }], ['mute', { muted: true }]]);
  assert.deepEqual([client.pinned, client.blocked], [['bob'], ['eve']]);
  assert.deepEqual(states(), ['connecting', 'connected']);
  assert.deepEqual(problems, []);
  assert.equal(server.seen('POST').length, 1);
});

test('Those whom the roster does not show are found with the token of the session', async (t) => {
  const { time, client, server } = setUp(t);
  await join(time, client);
  const body = '{"roster":[{"participant":"bob"}],"participants":70,"next_cursor":"bob"}';
  server.refuse = ({ path }) => (path === '/v1/rooms/blue/roster' ? { status: 200, body } : undefined);
  assert.deepEqual(await client.search('Bo b'), { people: [{ participant: 'bob' }], next: 'bob' });
  const { query, token } = server.requests.at(-1);
  assert.deepEqual([query, token], [{ search: 'Bo b', cursor: '' }, 'T']);
});

test('A message of the backend is an event', async (t) => {
  const { time, client, sockets } = setUp(t);
  await join(time, client, fakeMicrophone());
  const announced = [];
  client.addEventListener('announcement', ({ detail }) => announced.push(detail));
  sockets[0].receive({ type: 'announcement', data: { text: 'Five minutes left' } });
  assert.deepEqual(announced, [{ text: 'Five minutes left' }]);
});

test('Messages go to plugins of the server and back', async (t) => {
  const { time, client, sockets, problems } = setUp(t);
  await join(time, client);
  const told = [];
  client.addEventListener('plugin', ({ detail }) => told.push(detail));
  const taken = client.tellPlugin('hands', { up: true });
  const { id, ...command } = sockets[0].sent.at(-1);
  assert.deepEqual(command, { type: 'plugin', data: { name: 'hands', data: { up: true } } });
  sockets[0].receive({ type: 'ok', id });
  assert.equal(await taken, true);
  sockets[0].receive({ type: 'plugin', data: { name: 'hands', data: { place: 1 } } });
  assert.deepEqual(told, [{ name: 'hands', data: { place: 1 } }]);
  snapshot(sockets[0]);
  sockets[0].close();
  assert.equal(await client.tellPlugin('hands', { up: false }), false, 'nobody repeats that later');
  assert.deepEqual(problems, ['Not connected']);
});

test('The quality of the network is an event', async (t) => {
  const { time, client, sockets } = setUp(t);
  await join(time, client);
  const seen = [];
  client.addEventListener('network', ({ detail }) => seen.push(detail));
  sockets[0].receive({ type: 'quality', data: { quality: 'fair', reason: 'loss' } });
  assert.deepEqual(seen, [{ quality: 'fair', reason: 'loss' }]);
  assert.deepEqual(client.network, { quality: 'fair', reason: 'loss' });
  client.leave();
  assert.equal(client.network.quality, 'unknown');
});

test('On a link that loses packets slots are played later, and in time again when it does not', async (t) => {
  const { time, client, sockets, connections } = setUp(t);
  await join(time, client);
  const targets = () => connections[0].transceivers.map(({ receiver }) => receiver.jitterBufferTarget);
  const quality = (word, reason) => sockets[0].receive({ type: 'quality', data: { quality: word, reason } });
  quality('poor', 'congestion');
  assert.deepEqual([...new Set(targets())], [null]);
  quality('fair', 'loss');
  assert.deepEqual([...new Set(targets())], [120]);
  quality('good', '');
  assert.deepEqual([...new Set(targets())], [null]);
});

test('Why a participant is not heard: its own mute, the backend\'s, or what it may do', async (t) => {
  const { time, client, sockets } = setUp(t);
  const microphone = fakeMicrophone();
  await join(time, client, microphone);
  const cases = [
    ['', {}],
    ['backend', { muted_by_backend: true }],
    ['permission', { muted_by_backend: true, permissions: { publish: [] } }],
  ];
  for (const [silencedBy, more] of cases) {
    snapshot(sockets[0], { self: entry('ann', more) });
    assert.deepEqual([client.silencedBy, microphone.track.enabled], [silencedBy, silencedBy === '']);
  }
  snapshot(sockets[0]);
  client.setMuted(true);
  assert.deepEqual([client.silencedBy, microphone.track.enabled], ['self', false]);
});
