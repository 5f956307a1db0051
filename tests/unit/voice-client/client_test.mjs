// SPDX-License-Identifier: Apache-2.0
// A voice client from join to leave, in virtual time: what it asks the server for, and with which token.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Problem, SFUVoiceClient } from '../../../examples/voice-client/sfu-voice-client.js';
import { fakeBrowser, jwt } from './fake_browser.mjs';
import { VirtualTime } from './virtual_time.mjs';

const MICROPHONE = { getAudioTracks: () => [{ kind: 'audio', enabled: true }] };
const NOT_FOUND = { status: 404, body: '{"type":"/problems/not-found","title":"Not found"}' };
const EXPIRED = { status: 401, body: '{"type":"/problems/unauthenticated","title":"Who is it?"}' };

function setUp(t, options = {}) {
  const time = new VirtualTime(t);
  const browser = fakeBrowser(t);
  const client = new SFUVoiceClient({ room: 'blue', participant: 'ann', token: 'T', iceServers: [], ...options });
  const states = [];
  const problems = [];
  client.addEventListener('state', ({ detail }) => states.push(detail.state === 'closed' ? `closed: ${detail.reason}` : detail.state));
  client.addEventListener('problem', ({ detail }) => problems.push(detail.message));
  return { time, client, states, problems, ...browser };
}

/** Joins, and lets virtual time pass until that has an outcome: undefined, or the error. */
async function join(time, client, stream, ms = 0) {
  let outcome;
  client.join(stream).then(() => (outcome = undefined), (error) => (outcome = error));
  await time.advance(ms);
  return outcome;
}

/** A function that returns the tokens T1, T2, ..., each with TURN credentials of its own. */
function invitations() {
  let count = 0;
  return async () => {
    count += 1;
    return { token: `T${count}`, ice_servers: [{ urls: `turn:${count}` }] };
  };
}

test('A call survives a server that restarts without its rooms', async (t) => {
  const { time, client, states, server, sockets } = setUp(t);
  await join(time, client, MICROPHONE);
  assert.equal(client.state, 'connected');
  server.refuse = () => NOT_FOUND; // kill -9 and restart, with auto_create: false.
  sockets[0].close();
  await time.advance(30000);
  assert.equal(client.state, 'reconnecting');
  server.refuse = () => undefined; // The backend has made the room again.
  await time.advance(12500);
  assert.equal(client.state, 'connected');
  assert.deepEqual(states, ['connecting', 'connected', ...Array(states.length - 3).fill('reconnecting'), 'connected']);
});

test('A room that stays away ends the call, and says so', async (t) => {
  const { time, client, states, problems, server, sockets } = setUp(t);
  await join(time, client, MICROPHONE);
  server.refuse = () => NOT_FOUND;
  sockets[0].close();
  await time.advance(150000);
  assert.equal(states.at(-1), 'closed: refused');
  assert.deepEqual(problems, ['Not found']);
});

test('A listener joins again with a microphone, in the same call', async (t) => {
  const { time, client, states, server, sockets, connections } = setUp(t);
  await join(time, client, null);
  assert.equal(connections[0].sends, false);
  await join(time, client, MICROPHONE);
  sockets[0].receive({ type: 'closing', data: { reason: 'replaced' } });
  await time.advance(30000);
  assert.deepEqual(states, ['connecting', 'connected', 'connecting', 'connected']);
  assert.equal(connections.length, 2);
  assert.equal(connections[0].connectionState, 'closed');
  assert.equal(connections[1].sends, true);
  assert.deepEqual(server.seen('DELETE'), [], 'the server replaces the session by itself');
});

test('A second join while the first is under way posts its offer afterwards', async (t) => {
  const { time, client, server, connections } = setUp(t);
  let firstAnswer;
  const { answer } = server;
  server.answer = (request) => {
    const answered = answer.call(server, request);
    return server.sessions === 1 ? null : answered;
  };
  client.join(null).then(() => (firstAnswer = 'superseded'));
  await time.advance(0);
  assert.equal(server.seen('POST').length, 1);
  const second = client.join(MICROPHONE);
  await time.advance(1000);
  assert.equal(server.seen('POST').length, 1, 'it waits');
  await time.advance(15000);
  await second;
  assert.equal(firstAnswer, 'superseded');
  assert.equal(connections.at(-1).sends, true);
  assert.equal(client.state, 'connected');
});

test('A second join that fails for a while is tried again with the new stream', async (t) => {
  const { time, client, server, connections } = setUp(t);
  await join(time, client, null);
  server.refuse = () => ({ status: 503, headers: { 'Retry-After': '5' } });
  assert.equal(await join(time, client, MICROPHONE), undefined);
  assert.equal(client.state, 'reconnecting');
  server.refuse = () => undefined;
  await time.advance(5000);
  assert.equal(client.state, 'connected');
  assert.equal(connections.at(-1).sends, true);
});

test('A server that does not answer is given up after fifteen seconds', async (t) => {
  const { time, client, server, states } = setUp(t);
  server.refuse = () => null;
  const outcome = await join(time, client, MICROPHONE, 15000);
  assert.ok(outcome instanceof Problem);
  assert.equal(outcome.message, 'The server does not answer');
  assert.deepEqual(states, ['connecting', 'closed: refused']);
});

test('A token that does not come, and a WebSocket that does not open, are given up too', async (t) => {
  const { time, client } = setUp(t, { token: () => new Promise(() => {}) });
  assert.equal((await join(time, client, null, 15000)).message, 'The token does not come');
  const other = setUp(t);
  other.FakeWebSocket.opens = false;
  await join(other.time, other.client, null);
  assert.equal(other.client.state, 'connected');
  await other.time.advance(10000);
  assert.equal(other.client.state, 'reconnecting');
});

test('A command without an answer fails after ten seconds', async (t) => {
  const { time, client, problems } = setUp(t);
  await join(time, client, null);
  const pinned = client.pin(['bob']);
  await time.advance(10000);
  await pinned;
  assert.deepEqual(client.pinned, []);
  assert.deepEqual(problems, ['The server does not answer']);
});

test('Leaving takes a fresh token where the old one has expired', async (t) => {
  const { time, client, server } = setUp(t, { token: invitations() });
  await join(time, client, null);
  server.refuse = ({ token }) => (token === 'T1' ? EXPIRED : undefined);
  client.leave();
  await time.advance(0);
  assert.deepEqual(server.seen('DELETE'), ['session/1 T1', 'session/1 T2']);
});

test('Leaving tells the server also while the connection is lost', async (t) => {
  const { time, client, server, connections } = setUp(t);
  await join(time, client, null);
  connections[0].become('failed');
  await time.advance(0);
  assert.equal(client.state, 'reconnecting');
  client.leave();
  await time.advance(60000);
  assert.deepEqual(server.seen('DELETE'), ['session/1 T']);
  assert.equal(server.seen('POST').length, 1);
});

test('A page that goes away has a token that is still good', async (t) => {
  t.mock.method(Date, 'now', () => 1700000000000);
  let count = 0;
  const token = async () => {
    count += 1;
    return jwt({ iat: 1700000000, exp: 1700000000 + 3600, count });
  };
  const { time, client, server, sockets, page } = setUp(t, { token });
  await join(time, client, null);
  await time.advance(2879000);
  assert.equal(count, 1);
  await time.advance(2000);
  assert.equal(count, 2);
  assert.equal(client.state, 'connected');
  assert.deepEqual(sockets.map(({ readyState }) => readyState), [3, 1], 'the new WebSocket replaces the old one');
  client.setMuted(true);
  await time.advance(0);
  assert.equal(sockets[1].sent.length, 1);
  page.dispatchEvent(new Event('pagehide'));
  await time.advance(0);
  assert.equal(server.seen('DELETE').at(-1), `session/1 ${jwt({ iat: 1700000000, exp: 1700003600, count: 2 })}`);
  assert.equal(client.state, 'closed');
  await time.advance(86400000);
  assert.equal(count, 2, 'nothing goes on after the end');
});

test('The refusal of the function that gets tokens ends the call', async (t) => {
  let answer = async () => 'T';
  const { time, client, states, problems, sockets } = setUp(t, { token: () => answer() });
  await join(time, client, null);
  answer = async () => {
    throw Object.assign(new Error('banned'), { status: 403 });
  };
  sockets[0].close();
  await time.advance(1000);
  assert.equal(states.at(-1), 'closed: refused');
  assert.deepEqual(problems, ['banned']);
});

test('A function that returns no token, as after a refusal that its author forgot, ends the call', async (t) => {
  for (const nothing of [undefined, null, '', {}, { error: 'forbidden' }]) {
    const { time, client } = setUp(t, { token: async () => nothing });
    assert.equal((await join(time, client, null)).message, 'The function that gets tokens returned none');
  }
});

test('Each attempt has TURN credentials of its own', async (t) => {
  const { time, client, connections, sockets } = setUp(t, { token: invitations(), iceServers: undefined });
  await join(time, client, null);
  sockets[0].close();
  await time.advance(1000);
  assert.deepEqual(connections.map(({ configuration }) => configuration.iceServers[0].urls), ['turn:1', 'turn:2']);

  let count = 0;
  const iceServers = async () => [{ urls: `turn:own-${(count += 1)}` }];
  const own = setUp(t, { iceServers });
  await join(own.time, own.client, null);
  own.sockets[0].close();
  await own.time.advance(1000);
  assert.deepEqual(own.connections.map(({ configuration }) => configuration.iceServers[0].urls), ['turn:own-1', 'turn:own-2']);

  const asked = setUp(t, { iceServers: undefined });
  await join(asked.time, asked.client, null);
  assert.deepEqual(asked.server.seen('GET'), ['ice-servers T']);
  assert.equal(asked.connections[0].configuration.iceServers[0].urls, 'turn:of-the-server');
});

test('A server older than the route of ICE servers is joined without them', async (t) => {
  const { time, client, server, connections } = setUp(t, { iceServers: undefined });
  server.refuse = ({ method }) => (method === 'GET' ? NOT_FOUND : undefined);
  await join(time, client, null);
  assert.equal(client.state, 'connected');
  assert.deepEqual(connections[0].configuration.iceServers, []);
});

/** The first message of a WebSocket: Ann is alone. */
function snapshot(socket) {
  const self = { participant: 'ann', name: 'Ann', muted_by_backend: false, muted_by_self: false, permissions: { publish: ['audio'] } };
  const data = { self, roster: [self], participants: 1, slots: [], speaking: [], dominant: '', pinned: [], blocked: [] };
  socket.receive({ type: 'snapshot', seq: 1, stream: 'S', data });
  return self;
}

test('A call goes on while its WebSocket is opened again, and what was said meanwhile is repeated', async (t) => {
  const { time, client, states, sockets, server } = setUp(t);
  await join(time, client, MICROPHONE);
  const self = snapshot(sockets[0]);
  sockets[0].close();
  client.setMuted(true); // The server does not get that.
  await time.advance(500);
  assert.deepEqual(sockets.map(({ resume }) => resume), [null, 'S:1']);
  sockets[1].receive({ type: 'resumed', seq: 2, stream: 'S', data: { self, pinned: ['bob'], blocked: [] } });
  assert.deepEqual(sockets[1].sent.map(({ type, data }) => [type, data]), [['mute', { muted: true }]]);
  assert.deepEqual(client.pinned, ['bob']);
  assert.deepEqual(states, ['connecting', 'connected']);
  assert.equal(server.seen('POST').length, 1);
});

test('A WebSocket that stays away ends the session, and the client joins again', async (t) => {
  const { time, client, states, sockets, server, FakeWebSocket } = setUp(t);
  await join(time, client, MICROPHONE);
  snapshot(sockets[0]);
  FakeWebSocket.opens = false;
  const cut = () => sockets.at(-1).close();
  cut();
  for (const pauseMs of [350, 1300, 2600]) {
    await time.advance(pauseMs);
    cut();
  }
  assert.equal(sockets.length, 4);
  FakeWebSocket.opens = true;
  await time.advance(1000);
  assert.deepEqual(states, ['connecting', 'connected', 'reconnecting', 'connected']);
  assert.equal(server.seen('POST').length, 2);
});

test('Those whom the roster does not show are found with the token of the session', async (t) => {
  const { time, client, server } = setUp(t);
  await join(time, client, null);
  server.refuse = ({ path }) => (path === '/v1/rooms/blue/roster' ? { status: 200, body: '{"roster":[{"participant":"bob"}],"participants":70,"next_cursor":"bob"}' } : undefined);
  assert.deepEqual(await client.search('Bo b'), { people: [{ participant: 'bob' }], next: 'bob' });
  const { query, token } = server.requests.at(-1);
  assert.deepEqual([query, token], [{ search: 'Bo b', cursor: '' }, 'T']);
});

test('A message of the backend is an event', async (t) => {
  const { time, client, sockets } = setUp(t);
  await join(time, client, MICROPHONE);
  const announced = [];
  client.addEventListener('announcement', ({ detail }) => announced.push(detail));
  sockets[0].receive({ type: 'announcement', data: { text: 'Five minutes left' } });
  assert.deepEqual(announced, [{ text: 'Five minutes left' }]);
});
