// SPDX-License-Identifier: Apache-2.0
// A call while its page is closed, put aside, frozen, hidden and shown again.

import assert from 'node:assert/strict';
import test from 'node:test';

import { join, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

const pageEvent = (type, persisted) => Object.assign(new Event(type), { persisted });

async function called(t) {
  const call = setUp(t);
  const microphone = fakeMicrophone();
  await join(call.time, call.client, microphone);
  snapshot(call.sockets[0]);
  await call.time.advance(60000);
  return { ...call, microphone };
}

test('A page that is closed leaves with a request that outlives it', async (t) => {
  const { time, page, server, states } = await called(t);
  page.dispatchEvent(pageEvent('pagehide', false));
  await time.advance(0);
  const { method, keepalive } = server.requests.at(-1);
  assert.deepEqual([method, keepalive], ['DELETE', true]);
  assert.deepEqual([server.session, states().at(-1)], ['', 'closed: left']);
});

test('A page that goes to the back/forward cache leaves the room, and comes back as the same participant', async (t) => {
  const { time, page, server, states, connections, sockets, microphone, client } = await called(t);
  page.dispatchEvent(pageEvent('pagehide', true));
  await time.advance(0);
  assert.equal(server.session, '');
  assert.equal(server.requests.at(-1).keepalive, true);
  assert.deepEqual([connections[0].connectionState, sockets[0].readyState, microphone.track.readyState], ['closed', 3, 'live']);
  await time.advance(3600000);
  assert.equal(server.seen('POST').length, 1, 'there it does nothing');
  page.dispatchEvent(pageEvent('pageshow', true));
  await time.advance(0);
  assert.equal(server.seen('POST').length, 2);
  assert.deepEqual(states().slice(2), ['reconnecting: page hidden', 'reconnecting: page shown', 'connected']);
  assert.equal(client.sessions, 2);
  page.dispatchEvent(pageEvent('pageshow', false));
  await time.advance(1000);
  assert.equal(client.sessions, 2);
});

test('A page that is put aside before its first answer is no participant', async (t) => {
  const { time, client, page, server, states } = setUp(t);
  let answer;
  const fetched = globalThis.fetch;
  globalThis.fetch = (...request) => (answer ? fetched(...request) : new Promise((resolve) => (answer = () => resolve(fetched(...request)))));
  client.join(null);
  await time.advance(0);
  page.dispatchEvent(pageEvent('pagehide', true));
  answer();
  await time.advance(60000);
  assert.equal(server.session, '');
  assert.deepEqual(states(), ['connecting', 'closed: left']);
});

test('A page that was frozen asks the server at once, and goes on or comes back', async (t) => {
  for (const isForgotten of [false, true]) {
    const { time, document, server, client } = await called(t);
    if (isForgotten) server.session = '';
    document.dispatchEvent(new Event('resume'));
    await time.advance(0);
    assert.deepEqual([client.state, client.sessions], ['connected', isForgotten ? 2 : 1]);
  }
});

test('A person who looks at the page again need not wait for the end of a pause', async (t) => {
  const { time, document, server, client, connections } = await called(t);
  const look = (visibilityState) => {
    document.visibilityState = visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  const asked = server.requests.length;
  look('hidden');
  look('visible');
  await time.advance(0);
  assert.equal(server.requests.length, asked, 'while all is well nothing happens');
  server.isReachable = false;
  connections[0].become('failed');
  await time.advance(20000);
  server.isReachable = true;
  look('hidden');
  await time.advance(0);
  assert.equal(client.state, 'reconnecting');
  look('visible');
  await time.advance(0);
  assert.equal(client.state, 'connected');
});

test('After the end of a call nobody listens to the page', async (t) => {
  const { time, client, page, document, server, microphone } = await called(t);
  const signals = [];
  const { addEventListener } = globalThis;
  globalThis.addEventListener = (...options) => {
    signals.push(options[2].signal);
    addEventListener(...options);
  };
  client.leave({ keepMicrophone: true });
  await join(time, client, microphone);
  assert.ok(signals.length > 0 && signals.every(({ aborted }) => !aborted));
  client.leave();
  assert.ok(signals.every(({ aborted }) => aborted));
  await time.advance(0);
  const asked = server.requests.length;
  page.dispatchEvent(pageEvent('pageshow', true));
  page.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('resume'));
  page.dispatchEvent(pageEvent('pagehide', false));
  await time.advance(60000);
  assert.equal(server.requests.length, asked);
  assert.equal(client.state, 'closed');
});
