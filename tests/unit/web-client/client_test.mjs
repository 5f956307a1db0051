// SPDX-License-Identifier: Apache-2.0
// A voice client from join to leave, in virtual time: what it asks the server for, and with which token.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Problem, VoiceError } from '../../../clients/web/src/index.js';
import { EXPIRED, invitations, join, NOT_FOUND, setUp, snapshot } from './call.mjs';
import { fakeMicrophone, jwt } from './fake_browser.mjs';

/** The offers of this many first sessions get no answer. */
function swallowOffers(server, count) {
  const { answer } = server;
  server.answer = (request) => {
    const answered = answer.call(server, request);
    return request.method === 'POST' && server.sessions <= count ? null : answered;
  };
}

test('A listener joins again with a microphone, in the same call', async (t) => {
  const { time, client, states, server, sockets, connections } = setUp(t);
  await join(time, client);
  assert.equal(connections[0].sends, false);
  await join(time, client, fakeMicrophone());
  sockets[0].receive({ type: 'closing', data: { reason: 'replaced' } });
  await time.advance(30000);
  assert.deepEqual(states(), ['connecting', 'connected', 'connecting', 'connected']);
  assert.equal(connections.length, 2);
  assert.equal(connections[0].connectionState, 'closed');
  assert.equal(connections[1].sends, true);
  assert.deepEqual(server.seen('DELETE'), [], 'the server replaces the session by itself');
});

test('A second join while the first is under way posts its offer afterwards', async (t) => {
  const { time, client, server, connections } = setUp(t);
  let firstAnswer;
  swallowOffers(server, 1);
  client.join(null).then(() => (firstAnswer = 'superseded'));
  await time.advance(0);
  assert.equal(server.seen('POST').length, 1);
  const second = client.join(fakeMicrophone());
  await time.advance(1000);
  assert.equal(server.seen('POST').length, 1, 'it waits');
  await time.advance(15000);
  await second;
  assert.equal(firstAnswer, 'superseded');
  assert.equal(connections.at(-1).sends, true);
  assert.equal(client.state, 'connected');
});

test('A second join that fails for a while is tried again with the new microphone', async (t) => {
  const { time, client, server, connections } = setUp(t);
  await join(time, client);
  server.refuse = () => ({ status: 503, headers: { 'Retry-After': '5' } });
  assert.equal(await join(time, client, fakeMicrophone()), undefined);
  assert.equal(client.state, 'reconnecting');
  server.refuse = () => undefined;
  await time.advance(4999);
  assert.equal(client.state, 'reconnecting');
  await time.advance(1000);
  assert.equal(client.state, 'connected');
  assert.equal(connections.at(-1).sends, true);
});

test('Join, leave and join in quick succession leave one session, and nobody else', async (t) => {
  const { time, client, server, sockets, connections, states } = setUp(t);
  client.join(fakeMicrophone());
  client.leave();
  client.join(fakeMicrophone());
  await time.advance(0);
  client.leave();
  client.join(fakeMicrophone());
  await time.advance(20000);
  assert.equal(client.state, 'connected');
  assert.equal(server.session.split('/').at(-1), String(server.sessions));
  assert.equal(connections.filter(({ connectionState }) => connectionState !== 'closed').length, 1);
  assert.equal(sockets.filter(({ readyState }) => readyState !== 3).length, 1);
  assert.deepEqual(states(), ['connecting', 'closed: left', 'connecting', 'connected', 'closed: left', 'connecting', 'connected']);
});

test('A session whose answer comes after the call has ended is removed', async (t) => {
  const { time, client, server } = setUp(t);
  let answer;
  const fetched = globalThis.fetch;
  globalThis.fetch = (...request) => (answer ? fetched(...request) : new Promise((resolve) => (answer = () => resolve(fetched(...request)))));
  client.join(null);
  await time.advance(0);
  client.leave();
  await time.advance(1000);
  assert.deepEqual(server.requests, []);
  answer();
  await time.advance(0);
  assert.deepEqual(server.seen('DELETE'), ['session/1 T']);
  assert.equal(server.session, '');
});

test('A server that does not answer is given up after fifteen seconds', async (t) => {
  const { time, client, server, states } = setUp(t);
  server.refuse = () => null;
  const microphone = fakeMicrophone();
  const outcome = await join(time, client, microphone, 15000);
  assert.ok(outcome instanceof Problem && outcome instanceof VoiceError);
  assert.deepEqual([outcome.message, outcome.code], ['The server does not answer', 'unreachable']);
  assert.deepEqual(states(), ['connecting', 'closed: unreachable']);
  assert.equal(microphone.track.readyState, 'ended');
});

test('A first attempt that is refused says why, with the server\'s type, and what to do', async (t) => {
  const { time, client, server, details } = setUp(t);
  const cases = [
    [{ status: 403, body: '{"type":"/problems/participant-removed","title":"You were removed"}' }, 'refused', /new invitation/],
    [EXPIRED, 'token-expired', /expired/],
    [{ status: 503, body: '{"type":"/problems/over-capacity","title":"Full"}' }, 'refused', /Try again/],
  ];
  for (const [refusal, code, advice] of cases) {
    server.refuse = () => refusal;
    const error = await join(time, client);
    assert.deepEqual([error.code, error.type, error.status], [code, JSON.parse(refusal.body).type, refusal.status]);
    assert.match(error.advice, advice);
    assert.equal(details.at(-1).error, error);
    assert.equal(details.at(-1).reason, 'refused');
  }
});

test('A token that does not come, ICE servers that do not, and a WebSocket that does not open, are given up too', async (t) => {
  const silent = () => new Promise(() => {});
  const { time, client } = setUp(t, { token: silent });
  assert.equal((await join(time, client, null, 15000)).message, 'The token does not come');
  const second = setUp(t, { iceServers: silent });
  assert.equal((await join(second.time, second.client, null, 15000)).message, 'The ICE servers do not come');
  const third = setUp(t);
  third.FakeWebSocket.opens = false;
  await join(third.time, third.client);
  assert.equal(third.client.state, 'connected');
  await third.time.advance(10000);
  assert.equal(third.client.state, 'reconnecting');
});

test('Leaving takes a fresh token where the old one has expired', async (t) => {
  const { time, client, server } = setUp(t, { token: invitations() });
  await join(time, client);
  server.refuse = ({ token }) => (token === 'T1' ? EXPIRED : undefined);
  client.leave();
  await time.advance(0);
  assert.deepEqual(server.seen('DELETE'), ['session/1 T1', 'session/1 T2']);
});

test('Leaving tells the server also while the connection is lost', async (t) => {
  const { time, client, server, connections, FakePeerConnection } = setUp(t);
  await join(time, client);
  FakePeerConnection.connects = false;
  connections[0].become('failed');
  await time.advance(0);
  assert.equal(client.state, 'reconnecting');
  client.leave();
  await time.advance(60000);
  assert.deepEqual(server.seen('DELETE'), ['session/1 T']);
  assert.equal(server.seen('POST').length, 1);
});

test('The end of a call closes the microphone, unless the page wants to go on with it', async (t) => {
  const { time, client, sockets, details } = setUp(t);
  const [first, second] = [fakeMicrophone(), fakeMicrophone()];
  await join(time, client, first);
  sockets[0].receive({ type: 'closing', data: { reason: 'removed', detail: 'Be kind' } });
  await time.advance(0);
  assert.equal(first.track.readyState, 'ended');
  const { state, reason, detail, error } = details.at(-1);
  assert.deepEqual([state, reason, detail, error], ['closed', 'removed', 'Be kind', null]);
  assert.equal((await join(time, client, first)).code, 'no-microphone');
  await join(time, client, second);
  client.leave({ keepMicrophone: true });
  assert.equal(second.track.readyState, 'live');
  await join(time, client, second);
  assert.equal(client.state, 'connected');
  client.leave();
  assert.equal(second.track.readyState, 'ended');
});

test('A page that goes away has a token that is still good', async (t) => {
  t.mock.method(Date, 'now', () => 1700000000000);
  let count = 0;
  const token = async () => {
    count += 1;
    return jwt({ iat: 1700000000, exp: 1700000000 + 3600, count });
  };
  const { time, client, server, sockets, page } = setUp(t, { token });
  await join(time, client);
  snapshot(sockets[0]);
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
  assert.equal(server.requests.at(-1).keepalive, true);
  assert.equal(client.state, 'closed');
  await time.advance(86400000);
  assert.equal(count, 2, 'nothing goes on after the end');
});

test('A function that returns no token, as after a refusal that its author forgot, ends the call', async (t) => {
  for (const nothing of [undefined, null, '', {}, { error: 'forbidden' }]) {
    const { time, client } = setUp(t, { token: async () => nothing });
    assert.equal((await join(time, client)).message, 'The function that gets tokens returned none');
  }
});

test('Each attempt has TURN credentials of its own', async (t) => {
  const lose = async ({ time, sockets, server }) => {
    server.session = ''; // It has restarted.
    sockets.at(-1).close();
    await time.advance(3000);
  };
  const servers = ({ connections }) => connections.map(({ configuration }) => configuration.iceServers[0].urls);
  const invited = setUp(t, { token: invitations(), iceServers: undefined });
  await join(invited.time, invited.client);
  await lose(invited);
  assert.deepEqual(servers(invited), ['turn:1', 'turn:2']);

  let count = 0;
  const own = setUp(t, { iceServers: async () => [{ urls: `turn:own-${(count += 1)}` }] });
  await join(own.time, own.client);
  await lose(own);
  assert.deepEqual(servers(own), ['turn:own-1', 'turn:own-2']);

  const asked = setUp(t, { iceServers: undefined });
  await join(asked.time, asked.client);
  assert.deepEqual(asked.server.seen('GET'), ['ice-servers T']);
  assert.deepEqual(servers(asked), ['turn:of-the-server']);
});

test('A server older than the route of ICE servers is joined without them', async (t) => {
  const { time, client, server, connections } = setUp(t, { iceServers: undefined });
  server.refuse = ({ method }) => (method === 'GET' ? NOT_FOUND : undefined);
  await join(time, client);
  assert.equal(client.state, 'connected');
  assert.deepEqual(connections[0].configuration.iceServers, []);
});
