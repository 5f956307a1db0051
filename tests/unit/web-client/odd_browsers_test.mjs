// SPDX-License-Identifier: Apache-2.0
// Browsers that lack something: what a browser can do is found out, and what it calls itself says nothing.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { join, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

const SOURCES = fileURLToPath(new URL('../../../clients/web/src/', import.meta.url));

test('No source asks what the browser calls itself', () => {
  const files = readdirSync(SOURCES, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.ok(files.length > 10);
  for (const name of files) {
    const source = readFileSync(path(SOURCES, name), 'utf8');
    assert.doesNotMatch(source, /userAgent|navigator\.(vendor|platform|appVersion)|window\.(chrome|safari)|InstallTrigger/, name);
  }
});

test('A user agent that nobody knows joins like any other', async (t) => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => (before ? Object.defineProperty(globalThis, 'navigator', before) : delete globalThis.navigator));
  for (const userAgent of [undefined, '', 'Mozilla/5.0 (Smart Fridge) WebView/0.1', 'HeadlessChrome', 'Chrome/1000.0']) {
    Object.defineProperty(globalThis, 'navigator', { value: userAgent === undefined ? undefined : { userAgent }, configurable: true });
    const { time, client } = setUp(t, { slots: 'auto' });
    await join(time, client, fakeMicrophone());
    assert.equal(client.state, 'connected', userAgent);
  }
});

test('A browser without WebRTC or WebSockets is told so before anything is asked', async (t) => {
  for (const missing of ['RTCPeerConnection', 'WebSocket']) {
    const { time, client, server, states } = setUp(t);
    globalThis[missing] = undefined;
    const error = await join(time, client, fakeMicrophone());
    assert.equal(error.code, 'not-supported');
    assert.match(error.advice, /browser/);
    assert.deepEqual([server.requests, states()], [[], []]);
  }
});

test('A browser without connectionState has the state of ICE', async (t) => {
  const { time, client, connections, FakePeerConnection, server } = setUp(t);
  const { become } = FakePeerConnection.prototype;
  t.after(() => (FakePeerConnection.prototype.become = become));
  FakePeerConnection.prototype.become = function becomeOld(state) {
    this.connectionState = undefined;
    this.iceConnectionState = state === 'connected' ? 'completed' : state;
    this.dispatchEvent(new Event('iceconnectionstatechange'));
  };
  await join(time, client, fakeMicrophone());
  assert.equal(client.state, 'connected');
  FakePeerConnection.connects = false;
  connections[0].become('disconnected');
  await time.advance(0);
  assert.equal(client.state, 'reconnecting');
  connections[0].become('connected');
  assert.deepEqual([client.state, server.seen('POST').length], ['connected', 1]);
});

test('A browser that cannot set what a hint or an ICE restart asks goes on without', async (t) => {
  const { time, client, connections, sockets, page } = setUp(t);
  await join(time, client, fakeMicrophone());
  snapshot(sockets[0]);
  connections[0].setConfiguration = undefined;
  connections[0].transceivers[0].sender.setParameters = undefined;
  sockets[0].receive({ type: 'hint', seq: 2, data: { tracks: [{ mid: '0', max_bitrate_bps: 8000 }] } });
  page.dispatchEvent(new Event('online'));
  await time.advance(0);
  assert.deepEqual([client.state, client.sessions], ['connected', 1]);
});

test('A browser that takes no offer but its own joins without retransmission', async (t) => {
  const { time, client, connections, FakePeerConnection } = setUp(t);
  const { setLocalDescription } = FakePeerConnection.prototype;
  t.after(() => (FakePeerConnection.prototype.setLocalDescription = setLocalDescription));
  const offers = [];
  FakePeerConnection.prototype.setLocalDescription = async function (description) {
    offers.push(description.sdp);
    if (description.sdp.includes('nack')) throw new TypeError('InvalidModificationError');
    return setLocalDescription.call(this, description);
  };
  await join(time, client, fakeMicrophone());
  assert.equal(client.state, 'connected');
  assert.deepEqual(offers.map((sdp) => sdp.includes('a=rtcp-fb:111 nack')), [true, false]);
  assert.ok(!connections[0].localDescription.sdp.includes('nack'));
});

test('A browser that cannot restart ICE gets another session', async (t) => {
  const { time, client, connections, page } = setUp(t);
  await join(time, client, fakeMicrophone());
  connections[0].createOffer = async () => {
    throw new TypeError('iceRestart is not supported');
  };
  page.dispatchEvent(new Event('online'));
  await time.advance(0);
  assert.deepEqual([client.state, client.sessions], ['connected', 2]);
});

test('A page without a document, as in a shell around a web view, has a call', async (t) => {
  const { time, client, server } = setUp(t);
  globalThis.document = undefined;
  await join(time, client, fakeMicrophone());
  assert.equal(client.state, 'connected');
  client.leave();
  await time.advance(0);
  assert.equal(server.session, '');
});
