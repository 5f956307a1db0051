// SPDX-License-Identifier: Apache-2.0
// The WebSocket of a voice client: commands and their answers, cuts, and new tokens.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Events } from '../../../clients/web/src/call/events.js';
import { fakeBrowser } from './fake_browser.mjs';
import { VirtualTime } from './virtual_time.mjs';

const PAUSES_MS = [250, 1000]; // Without jitter.

async function setUp(t) {
  const time = new VirtualTime(t);
  const { sockets, FakeWebSocket } = fakeBrowser(t);
  const seen = [];
  const events = new Events({
    url: 'http://veche.test/events', token: 'T1', random: () => 0.5,
    onMessage: ({ type }) => seen.push(type), onLost: () => seen.push('lost'),
  });
  await time.advance(0);
  return { time, sockets, FakeWebSocket, events, seen };
}

test('A command settles with the answer that has its id', async (t) => {
  const { events, sockets } = await setUp(t);
  const [muted, pinned] = [events.command('mute', { muted: true }), events.command('pin', { participants: ['b'] })];
  assert.deepEqual(sockets[0].sent.map(({ id }) => id), [1, 2]);
  sockets[0].receive({ type: 'problem', seq: 1, id: 2, data: { title: 'No' } });
  sockets[0].receive({ type: 'ok', seq: 2, id: 1 });
  await muted;
  await assert.rejects(pinned, { message: 'No' });
});

test('A WebSocket that was cut goes on after the last message, whatever it was', async (t) => {
  const { time, sockets, events, seen } = await setUp(t);
  sockets[0].receive({ type: 'snapshot', seq: 1, stream: 'S' });
  sockets[0].receive({ type: 'roster', seq: 2 });
  sockets[0].receive({ type: 'ok', seq: 3, id: 9 });
  const waiting = events.command('mute', {});
  sockets[0].close();
  await assert.rejects(waiting, { message: 'Not connected' });
  await assert.rejects(events.command('mute', {}), { message: 'Not connected' });
  await time.advance(PAUSES_MS[0]);
  assert.deepEqual(sockets.map(({ resume }) => resume), [null, 'S:3']);
  sockets[1].receive({ type: 'resumed', seq: 4, stream: 'S' });
  sockets[0].receive({ type: 'roster', seq: 5 });
  assert.deepEqual(seen, ['snapshot', 'roster', 'resumed']);
  sockets[1].close();
  await time.advance(PAUSES_MS[0]);
  assert.equal(sockets[2].resume, 'S:4');
  sockets[2].receive({ type: 'snapshot', seq: 1, stream: 'Z' });
  sockets[2].close();
  await time.advance(PAUSES_MS[0]);
  assert.equal(sockets[3].resume, 'Z:1');
});

test('It is lost after two attempts, and at once before the first message', async (t) => {
  const { time, sockets, seen } = await setUp(t);
  sockets[0].receive({ type: 'snapshot', seq: 1, stream: 'S' });
  for (const pauseMs of PAUSES_MS) {
    sockets.at(-1).close();
    await time.advance(pauseMs - 1);
    const count = sockets.length;
    await time.advance(1);
    assert.equal(sockets.length, count + 1);
  }
  assert.deepEqual(seen, ['snapshot']);
  sockets.at(-1).close();
  assert.deepEqual(seen, ['snapshot', 'lost']);
  await time.advance(60000);
  assert.equal(sockets.length, 3);
  const other = await setUp(t);
  other.sockets[0].close();
  assert.deepEqual(other.seen, ['lost']);
});

test('The clients of a proxy that restarts open theirs spread over some time', async (t) => {
  const { time, sockets, events } = await setUp(t);
  events.close();
  for (const [random, pauseMs] of [[0, 125], [0.999, 375]]) {
    const other = new Events({ url: 'http://veche.test/events', token: 'T1', random: () => random, onMessage: () => {}, onLost: () => {} });
    await time.advance(0);
    sockets.at(-1).receive({ type: 'snapshot', seq: 1, stream: 'S' });
    sockets.at(-1).close();
    const count = sockets.length;
    await time.advance(pauseMs - 1);
    assert.equal(sockets.length, count);
    await time.advance(1);
    assert.equal(sockets.length, count + 1);
    other.close();
  }
});

test('After a change of the network it is opened again at once, also when it was lost', async (t) => {
  const { time, sockets, events, seen } = await setUp(t);
  sockets[0].receive({ type: 'snapshot', seq: 1, stream: 'S' });
  const waiting = events.command('mute', {});
  events.resume('T2');
  await assert.rejects(waiting, { message: 'Not connected', type: 'not-connected' });
  await time.advance(0);
  assert.deepEqual(sockets.map(({ readyState, token, resume }) => [readyState, token, resume]), [[3, 'T1', null], [1, 'T2', 'S:1']]);
  sockets[1].receive({ type: 'resumed', seq: 2, stream: 'S' });
  events.lose();
  await time.advance(60000);
  assert.equal(sockets.length, 2, 'no attempt by itself');
  events.resume('T3');
  await time.advance(0);
  assert.equal(sockets[2].resume, 'S:2');
  sockets[2].receive({ type: 'resumed', seq: 3, stream: 'S' });
  assert.deepEqual(seen, ['snapshot', 'resumed', 'lost', 'resumed']);
});

test('A new token gets a stream of its own, in place of the old one or of an attempt to resume it', async (t) => {
  const { time, sockets, events, seen } = await setUp(t);
  sockets[0].receive({ type: 'snapshot', seq: 1, stream: 'S' });
  events.renew('T2');
  await time.advance(0);
  assert.deepEqual([sockets[1].token, sockets[1].resume], ['T2', null]);
  assert.deepEqual(sockets.map(({ readyState }) => readyState), [3, 1]);
  sockets[1].receive({ type: 'snapshot', seq: 1, stream: 'Z' });
  sockets[1].close();
  events.renew('T3');
  await time.advance(60000);
  assert.deepEqual(sockets.map(({ token }) => token), ['T1', 'T2', 'T3']);
  assert.deepEqual(seen, ['snapshot', 'snapshot']);
});

test('Nothing follows its end', async (t) => {
  const { time, sockets, events, seen } = await setUp(t);
  sockets[0].receive({ type: 'snapshot', seq: 1, stream: 'S' });
  sockets[0].close();
  events.close();
  await time.advance(60000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(seen, ['snapshot']);
});
