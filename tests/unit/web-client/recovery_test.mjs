// SPDX-License-Identifier: Apache-2.0
// How a call comes back after its network, its server, its WebSocket or its token has failed, and when it gives up.

import assert from 'node:assert/strict';
import test from 'node:test';

import { entry, EXPIRED, invitations, join, NOT_FOUND, said, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

/** A call of Ann's that is up for a while, with what `setUp` gives. */
async function called(t, { microphone = fakeMicrophone(), ...options } = {}) {
  const call = setUp(t, options);
  await join(call.time, call.client, microphone);
  snapshot(call.sockets[0]);
  await call.time.advance(60000);
  return { ...call, microphone };
}

/** Nothing gets through any more, and the browser notices. */
function loseNetwork({ server, FakeWebSocket, FakePeerConnection, connections }) {
  server.isReachable = false;
  FakeWebSocket.opens = null;
  FakePeerConnection.connects = false;
  connections.at(-1).become('disconnected');
}

function returnNetwork({ server, FakeWebSocket, FakePeerConnection }) {
  server.isReachable = true;
  FakeWebSocket.opens = true;
  FakePeerConnection.connects = true;
}

/** Kills the server, which starts again at once and remembers nothing. */
function restartServer({ server, sockets }) {
  server.session = '';
  sockets.at(-1).close();
}

/** The paths and kinds of requests since the last call of the function that this returns. */
function watchRequests({ server }) {
  let seen = server.requests.length;
  return () => {
    const fresh = server.requests.slice(seen);
    seen = server.requests.length;
    return fresh.map(({ method, body }) => (method === 'PATCH' ? (body.includes('ufrag') ? 'restart' : 'probe') : method));
  };
}

test('A connection that is lost comes back in the same session, by an ICE restart with new credentials', async (t) => {
  const call = await called(t, { token: invitations(), iceServers: undefined });
  const { time, client, states, server, sockets, connections, FakePeerConnection } = call;
  const requests = watchRequests(call);
  FakePeerConnection.connects = false;
  connections[0].become('disconnected');
  await time.advance(0);
  assert.deepEqual(requests(), ['probe', 'restart']);
  const { body, token } = server.requests.at(-1);
  assert.equal(body, 'a=ice-ufrag:client-1\r\na=ice-pwd:secret-client-1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n');
  assert.equal(token, 'T2');
  assert.equal(connections[0].configuration.iceServers[0].urls, 'turn:2');
  assert.match(connections[0].remoteDescription.sdp, /a=ice-ufrag:server-1\r\na=ice-pwd:secret-server-1\r\n/);
  assert.equal(client.state, 'reconnecting');
  connections[0].become('connected');
  assert.deepEqual(states(), ['connecting', 'connected', 'reconnecting: connection lost', 'connected']);
  assert.deepEqual(sockets.map(({ resume, token: used }) => [resume, used]), [[null, 'T1'], ['S:1', 'T2']]);
  await time.advance(60000);
  assert.deepEqual(requests(), []);
  assert.equal(client.sessions, 1);
});

test('A network that changes restarts ICE at once, although the connection looks alive', async (t) => {
  const call = await called(t);
  const { time, client, connections, page, sockets } = call;
  const requests = watchRequests(call);
  page.dispatchEvent(new Event('online'));
  await time.advance(0);
  assert.deepEqual(requests(), ['probe', 'restart']);
  assert.deepEqual([client.state, connections.length, sockets.length], ['connected', 1, 2]);
});

test('A session that the server has ended, or cannot restart, is followed by another one in the same attempt', async (t) => {
  for (const [status, expected] of [[404, ['probe', 'GET', 'POST']], [422, ['probe', 'restart', 'POST']]]) {
    const call = await called(t);
    const { time, client, connections, server, states } = call;
    const requests = watchRequests(call);
    server.refuse = ({ method, body }) => (method === 'PATCH' && (status === 404 || body.includes('ufrag')) ? { status } : undefined);
    connections[0].become('disconnected');
    await time.advance(0);
    assert.deepEqual(requests(), expected);
    assert.deepEqual(states(), ['connecting', 'connected', 'reconnecting: connection lost', 'connected']);
    assert.equal(connections[0].connectionState, 'closed');
    assert.equal(client.sessions, 2);
  }
});

test('A server that says in the middle of an attempt that it has ended the session gets the next one at once', async (t) => {
  const call = await called(t);
  const { time, client, page, server, sockets } = call;
  const requests = watchRequests(call);
  server.refuse = ({ method }) => (method === 'PATCH' ? null : undefined);
  page.dispatchEvent(new Event('online'));
  await time.advance(100);
  server.session = '';
  sockets[0].receive({ type: 'closing', seq: 2, data: { reason: 'peer_timeout' } });
  await time.advance(0);
  assert.deepEqual(requests(), ['probe', 'POST']);
  assert.equal(client.state, 'connected');
  page.dispatchEvent(new Event('online'));
  await time.advance(100);
  sockets.at(-1).receive({ type: 'closing', seq: 1, data: { reason: 'removed' } });
  await time.advance(60000);
  assert.equal(client.state, 'closed');
  assert.deepEqual(requests(), ['probe'], 'unless that was final');
});

test('A page that wakes up while the same participant is at another place does not push it out', async (t) => {
  const call = await called(t);
  const { time, server, connections, states, microphone } = call;
  const requests = watchRequests(call);
  server.session = ''; // It belongs to the other place.
  server.state = 'connected';
  connections[0].become('disconnected');
  await time.advance(60000);
  assert.deepEqual(requests(), ['probe', 'GET']);
  assert.equal(states().at(-1), 'closed: replaced');
  assert.equal(microphone.track.readyState, 'ended');
});

test('An ICE restart that does not connect within four seconds gives way to another session', async (t) => {
  const call = await called(t);
  const { time, client, connections, FakePeerConnection } = call;
  const requests = watchRequests(call);
  FakePeerConnection.connects = false;
  connections[0].become('failed');
  await time.advance(3999);
  assert.deepEqual(requests(), ['probe', 'restart']);
  FakePeerConnection.connects = true;
  await time.advance(1000);
  assert.deepEqual(requests(), ['POST']);
  assert.equal(client.state, 'connected');
});

test('A restart whose answer was lost begins anew', async (t) => {
  const call = await called(t);
  const { time, client, connections, server } = call;
  const requests = watchRequests(call);
  server.refuse = ({ body }) => (body?.includes('client-1') ? null : undefined);
  connections[0].become('disconnected');
  await time.advance(4000);
  assert.deepEqual(requests(), ['probe', 'restart']);
  await time.advance(400);
  assert.deepEqual(requests(), ['probe', 'restart']);
  assert.match(connections[0].remoteDescription.sdp, /server-2/);
  assert.deepEqual([client.state, connections.length], ['connected', 1]);
});

test('While the network is away the pauses follow the ladder, each attempt has a token of its own, and its return ends the pause', async (t) => {
  let tokens = 0;
  const call = await called(t, { token: async () => `T${(tokens += 1)}` });
  const { time, client, details, page, connections, server } = call;
  const [lostAtMs, count] = [time.nowMs, details.length];
  loseNetwork(call);
  await time.advance(40000);
  const pauses = details.slice(count).filter(({ attempt, retryMs }) => attempt === 1 || retryMs > 0);
  const ladderMs = [0, 300, 1200, 2700, 4800, 7000, 7000, 7000];
  assert.deepEqual(pauses.slice(0, 8).map(({ attempt, retryMs }) => [attempt, retryMs]), ladderMs.map((ms, i) => [i + 1, ms]));
  const begun = details.slice(count).filter(({ retryMs }) => retryMs === 0).map(({ atMs }) => atMs - lostAtMs);
  assert.deepEqual(begun.slice(0, 7), [0, 300, 1500, 4200, 9000, 16000, 23000]);
  assert.equal(tokens, 1 + begun.length);
  assert.equal(pauses.at(-1).error.code, 'unreachable');
  returnNetwork(call);
  server.session = ''; // Longer than its patience.
  page.dispatchEvent(new Event('online'));
  await time.advance(0);
  assert.equal(client.state, 'connected');
  assert.equal(connections.length, 2);
});

test('A request that hangs in a dead network does not keep the next one waiting', async (t) => {
  const call = await called(t);
  const { time, client, connections, server, page } = call;
  const requests = watchRequests(call);
  server.session = '';
  server.refuse = ({ method }) => (method === 'POST' ? null : undefined);
  connections[0].become('disconnected');
  await time.advance(5000);
  assert.deepEqual(requests(), ['probe', 'GET', 'POST']);
  server.refuse = () => undefined;
  page.dispatchEvent(new Event('online'));
  await time.advance(0);
  assert.deepEqual(requests(), ['POST']);
  assert.equal(client.state, 'connected');
});

test('A connection that comes back by itself ends the attempts', async (t) => {
  const call = await called(t);
  const { time, client, details, connections, sockets, server } = call;
  loseNetwork(call);
  await time.advance(1000);
  assert.equal(client.state, 'reconnecting');
  returnNetwork(call);
  connections[0].become('connected');
  assert.equal(client.state, 'connected');
  const [count, asked] = [details.length, server.requests.length];
  await time.advance(60000);
  assert.equal(sockets.at(-1).resume, 'S:1', 'the WebSocket may be dead');
  assert.deepEqual([details.length, server.requests.length, client.sessions], [count, asked, 1]);

  // The same while a request hangs.
  server.refuse = () => null;
  connections[0].become('disconnected');
  await time.advance(1000);
  connections[0].become('connected');
  await time.advance(60000);
  assert.deepEqual(details.slice(count).map(({ state }) => state), ['reconnecting', 'connected']);
  assert.deepEqual(sockets.map(({ readyState }) => readyState), [3, 3, 1], 'its WebSocket is another one again');
});

test('Giving up is terminal: the reason is told, the microphone closed, and nothing follows', async (t) => {
  const call = await called(t);
  const { time, client, details, microphone, page, connections, sockets, problems } = call;
  loseNetwork(call);
  await time.advance(599000);
  assert.equal(client.state, 'reconnecting');
  await time.advance(30000);
  const { state, reason, error } = details.at(-1);
  assert.deepEqual([state, reason, error.code, error.name], ['closed', 'unreachable', 'unreachable', 'Problem']);
  assert.equal(microphone.track.readyState, 'ended');
  assert.deepEqual([client.roster.size, connections.at(-1).connectionState], [0, 'closed']);
  assert.deepEqual(problems, ['The server cannot be reached']);
  const asked = watchRequests(call);
  const [count, opened] = [details.length, sockets.length];
  returnNetwork(call);
  page.dispatchEvent(new Event('online'));
  connections[0].become('connected');
  await time.advance(86400000);
  assert.deepEqual([asked(), details.length, sockets.length], [[], count, opened]);
  await join(time, client);
  assert.equal(client.state, 'connected', 'a person may try again');
});

test('A pause that the server asks for is kept, even if the network returns or a person looks', async (t) => {
  const call = await called(t);
  const { time, client, details, server, page, document } = call;
  server.refuse = () => ({ status: 503, headers: { 'Retry-After': '20' } });
  restartServer(call);
  await time.advance(5000);
  const { retryMs, error } = details.at(-1);
  assert.deepEqual([retryMs, error.status], [20600, 503], 'with jitter on top');
  server.refuse = () => undefined;
  page.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  await time.advance(14000);
  assert.equal(client.state, 'reconnecting');
  await time.advance(7000);
  assert.equal(client.state, 'connected');
});

test('A server that is killed and starts again gets a new session, and the old connection no second offer', async (t) => {
  const call = await called(t);
  const { time, client, states, connections } = call;
  const requests = watchRequests(call);
  restartServer(call);
  await time.advance(3300);
  assert.deepEqual(requests(), ['probe', 'GET', 'POST']);
  assert.deepEqual(states(), ['connecting', 'connected', 'reconnecting: events lost', 'reconnecting: events lost', 'connected']);
  assert.equal(connections[0].generation, 0);
  assert.equal(client.sessions, 2);
});

test('A server that stops is not asked at once, because all of its clients would', async (t) => {
  const waits = [];
  for (const random of [0, 0.5, 0.999]) {
    const call = await called(t, { random: () => random });
    call.sockets[0].receive({ type: 'closing', data: { reason: 'server_stopping' } });
    waits.push(Math.round(call.details.at(-1).retryMs));
  }
  assert.deepEqual(waits, [300, 1150, 1998]);
});

test('A WebSocket alone that stays away is opened again when the server says that the session is alive', async (t) => {
  const call = await called(t);
  const { time, client, sockets, connections, FakeWebSocket } = call;
  const requests = watchRequests(call);
  FakeWebSocket.opens = null;
  sockets[0].close();
  await time.advance(1250);
  assert.equal(client.state, 'reconnecting');
  FakeWebSocket.opens = true;
  await time.advance(2000);
  assert.deepEqual([client.state, connections.length], ['connected', 1]);
  assert.deepEqual(requests(), ['probe'], 'media goes on as it is');
  assert.equal(sockets.at(-1).resume, 'S:1');
});

test('A call survives a server that restarts without its rooms', async (t) => {
  const call = await called(t);
  const { time, client, server } = call;
  server.refuse = () => NOT_FOUND; // kill -9 and restart, with auto_create: false.
  restartServer(call);
  await time.advance(30000);
  assert.equal(client.state, 'reconnecting');
  server.refuse = () => undefined; // The backend has made the room again.
  await time.advance(7000);
  assert.equal(client.state, 'connected');
});

test('A room that stays away ends the call, and says so', async (t) => {
  const call = await called(t);
  call.server.refuse = () => NOT_FOUND;
  restartServer(call);
  await call.time.advance(150000);
  assert.equal(call.states().at(-1), 'closed: refused');
  assert.deepEqual(call.problems, ['Not found']);
});

test('The refusal of the function that gets tokens ends the call, with its words', async (t) => {
  let answer = async () => 'T';
  const call = await called(t, { token: () => answer() });
  answer = async () => {
    throw Object.assign(new Error('banned'), { status: 403 });
  };
  restartServer(call);
  await call.time.advance(3000);
  assert.equal(call.states().at(-1), 'closed: refused');
  assert.deepEqual(call.problems, ['banned']);
  const { error } = call.details.at(-1);
  assert.deepEqual([error.code, error.status, error.cause.message], ['refused', 403, 'banned']);
});

test('An expired token is replaced where there is a function, and media goes on meanwhile', async (t) => {
  let tokens = 0;
  const call = await called(t, { token: async () => `T${(tokens += 1)}` });
  const { time, client, server, sockets, connections } = call;
  const requests = watchRequests(call);
  server.refuse = ({ token }) => (token === 'T1' ? EXPIRED : undefined);
  sockets[0].receive({ type: 'closing', seq: 2, data: { reason: 'token_expired' } });
  sockets[0].close();
  await time.advance(0);
  assert.deepEqual(requests(), ['probe']);
  assert.deepEqual([client.state, connections.length, sockets.at(-1).token, sockets.at(-1).resume], ['connected', 1, 'T2', 'S:2']);
});

test('An expired token that nobody can replace ends the call with a code of its own', async (t) => {
  const call = await called(t, { token: 'T' });
  call.server.refuse = () => EXPIRED;
  call.sockets[0].receive({ type: 'closing', data: { reason: 'token_expired' } });
  await call.time.advance(0);
  const { state, reason, error } = call.details.at(-1);
  assert.deepEqual([state, reason, error.code], ['closed', 'refused', 'token-expired']);
  assert.equal(call.microphone.track.readyState, 'ended');
});

test('After a reconnect the roster is exact, and what the person chose is said again to a server that has forgotten it', async (t) => {
  const call = await called(t);
  const { time, client, sockets } = call;
  snapshot(sockets[0], { others: [entry('bob'), entry('eve')], slots: [{ mid: '1', participant: 'bob' }], pinned: ['bob'] });
  client.block(['eve']);
  sockets[0].receive({ type: 'ok', id: sockets[0].sent.at(-1).id, seq: 2 });
  client.setMuted(true);
  restartServer(call);
  await time.advance(3000);
  assert.deepEqual([...client.roster.keys()], ['ann', 'bob', 'eve'], 'until the server says more');
  snapshot(sockets.at(-1), { others: [entry('eve'), entry('zoe')] });
  assert.deepEqual([...client.roster.keys()], ['ann', 'eve', 'zoe']);
  assert.deepEqual([client.participants, client.slots.size], [3, 0]);
  assert.deepEqual(said(sockets.at(-1)), [['pin', { participants: ['bob'] }], ['block', { participants: ['eve'] }], ['mute', { muted: true }]]);
  assert.deepEqual([client.pinned, client.blocked, client.muted], [['bob'], ['eve'], true]);
  assert.equal(call.microphone.track.enabled, false);
});
