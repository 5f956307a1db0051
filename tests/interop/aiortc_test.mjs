// SPDX-License-Identifier: Apache-2.0
// aiortc as a client: it publishes without audio levels and receives; with a false fingerprint it gets nowhere.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import { runAiortcPeer } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(2);
const SECONDS = 5;
/** Figures of the participants present before a third client starts, does its harm and is removed. */
const LONGER_SECONDS = 9;
/** Figures of the third client's session, not of its SSRCs. */
const THREADS_OF_A_SESSION = 10;
const audible = ({ slots }) => slots.reduce((sum, slot) => sum + slot.audible_frames, 0);

test('Two aiortc clients hear each other', async (t) => {
  const server = await VecheServer.start(t);
  const results = await Promise.all(['ada', 'boris'].map((participant) =>
    runAiortcPeer(t, server, { room: 'aiortc', participant, seconds: SECONDS, extra: ['--await-sound'] })));
  for (const result of results) {
    assert.equal(result.status, 201, result.problem);
    assert.deepEqual(result.states, ['connecting', 'connected']);
    assert.ok(audible(result) > 60, `${audible(result)} audible frames in ${SECONDS} s`);
    const used = result.slots.filter((slot) => slot.audible_frames > 0);
    assert.equal(used.length, 1, 'one talker, one slot');
  }
});

test('A client whose certificate does not match its fingerprint is refused and counted', async (t) => {
  const server = await VecheServer.start(t);
  const room = 'flipped';
  const path = `/v1/rooms/${room}/participants/mallory`;
  const listener = runAiortcPeer(t, server, { room, participant: 'ada', seconds: LONGER_SECONDS });
  await until('the listener is connected', async () => {
    const { status, body } = await server.api('GET', `/v1/rooms/${room}/participants/ada`);
    return status === 200 && body.state === 'connected';
  });
  const states = new Set();
  const impostor = runAiortcPeer(t, server, { room, participant: 'mallory', seconds: 3, extra: ['--flip-fingerprint'] });
  let ended = false;
  const noteEnd = () => { ended = true; };
  impostor.then(noteEnd, noteEnd);
  listener.catch(() => {}); // Awaited at the end; it may fail before.
  while (!ended) {
    const { status, body } = await server.api('GET', path);
    states.add(status === 200 ? body.state : status);
    await delay(50);
  }
  assert.ok(!states.has('connected'), `states of the impostor: ${[...states]}`);
  assert.equal((await impostor).status, 201, 'the offer itself is well formed');
  const { body, status } = await server.api('GET', path);
  assert.ok(status === 404 || body.state === 'ended', `the impostor is still there: ${JSON.stringify(body)}`);
  assert.match(server.log(), /bad_fingerprint.* participant=mallory /, 'the log names the participant and the reason');
  const { participants_ended: counts } = (await server.api('GET', '/v1/server')).body;
  assert.equal(counts.bad_fingerprint, 1, `ends by reason: ${JSON.stringify(counts)}`);
  assert.equal(audible(await listener), 0, 'media of the impostor was forwarded');
});

test('A listener in a silent room stays: its STUN shows that it is there', async (t) => {
  const server = await VecheServer.start(t, { peerTimeout: 5 });
  const path = '/v1/rooms/silent/participants/ada';
  const listener = runAiortcPeer(t, server, { room: 'silent', participant: 'ada', seconds: 9, extra: ['--listen-only', '--check-interval-s', 1] });
  listener.catch(() => {}); // Awaited at the end; it may fail before.
  const connected = async () => (await server.api('GET', path)).body.state === 'connected';
  await until('it is connected', connected);
  await delay(7000);
  assert.ok(await connected(), 'it was removed although it is there');
  assert.equal((await listener).status, 201);
});

test('Ten thousand SSRCs cost no thread and disturb nobody', async (t) => {
  const server = await VecheServer.start(t);
  const room = 'flooded';
  const others = ['ada', 'boris'].map((participant) =>
    runAiortcPeer(t, server, { room, participant, seconds: LONGER_SECONDS }));
  const ended = Promise.all(others).then((results) => { throw new Error(`the others have ended: ${JSON.stringify(results)}`); });
  ended.catch(() => {}); // They end when the flood is over.
  const connected = async (participant) =>
    (await server.api('GET', `/v1/rooms/${room}/participants/${participant}`)).body.state === 'connected';
  await Promise.race([ended, until('the two are connected', async () => (await connected('ada')) && (await connected('boris')))]);
  const threads = () => readdirSync(`/proc/${server.pid}/task`).length;
  const before = threads();
  let most = before;
  let isOver = false;
  const mallory = runAiortcPeer(t, server, { room, participant: 'mallory', seconds: 1, extra: ['--flood-ssrcs', 10000] });
  mallory.catch(() => {}).finally(() => { isOver = true; });
  await until('the flood is over', () => {
    most = Math.max(most, threads());
    return isOver;
  });
  await mallory;
  assert.ok(most <= before + THREADS_OF_A_SESSION, `${before} threads became ${most}`);
  for (const result of await Promise.all(others)) {
    assert.ok(audible(result) > 60, `${audible(result)} audible frames in ${SECONDS} s`);
  }
});
