// SPDX-License-Identifier: Apache-2.0
// A mesh of pages, in virtual time: who is heard, muted, removed, and what is told.

import assert from 'node:assert/strict';
import test from 'node:test';

import { MeshVoiceClient } from '../../../clients/web/src/mesh/index.js';
import { microphone } from './fake_mesh.mjs';
import { heard, setUp } from './mesh_pages.mjs';

/** The volume at which the only other page plays that one. */
const volumeOf = (players, { track }) =>
  players.find(({ srcObject }) => srcObject?.getTracks()[0].of.other.transceivers[0].sender.track === track)?.volume;

test('Pages that meet have one connection for each two, and hear each other', async (t) => {
  const { pages, network } = await setUp(t, 'ann', 'bob', 'chen');
  for (const [name, others] of [['ann', ['bob', 'chen']], ['bob', ['ann', 'chen']], ['chen', ['ann', 'bob']]]) {
    const { client, states } = pages[name];
    assert.deepEqual(heard(client), others);
    assert.deepEqual([...client.roster.keys()].sort(), ['ann', 'bob', 'chen']);
    assert.equal(client.self.participant, name);
    assert.ok(client.isComplete);
    assert.deepEqual(states, ['connecting', 'connected']);
  }
  assert.equal(network.connections.length, 6);
  assert.equal(network.log.filter((type) => type === 'offer').length, 3, 'of two pages one offers');
});

test('A listener without a microphone hears, and talks later without another negotiation', async (t) => {
  const { time, pages, enter, network } = await setUp(t, 'ann');
  await enter('bob', null);
  assert.deepEqual([heard(pages.ann.client), heard(pages.bob.client)], [[], ['ann']]);
  await pages.bob.client.setMicrophone(microphone());
  assert.deepEqual(heard(pages.ann.client), ['bob']);
  await time.advance(1000);
  assert.equal(network.connections.length, 2);
});

test('A mute silences at once, is told, and survives a new microphone', async (t) => {
  const { time, pages } = await setUp(t, 'ann', 'bob');
  const { client, track } = pages.ann;
  await client.setMuted(true);
  await time.settle();
  assert.deepEqual([track.enabled, client.silencedBy, heard(pages.bob.client)], [false, 'self', []]);
  assert.equal(pages.bob.client.roster.get('ann').muted_by_self, true);
  const other = microphone();
  await client.setMicrophone(other);
  assert.equal(other.getAudioTracks()[0].enabled, false);
  await client.setMuted(false);
  assert.deepEqual(heard(pages.bob.client), ['ann']);
});

test('Push to talk opens the microphone while its person talks', async (t) => {
  const { pages: { ann } } = await setUp(t, 'ann');
  ann.client.pushToTalk = true;
  assert.equal(ann.track.enabled, false);
  ann.client.setTalking(true);
  assert.equal(ann.track.enabled, true);
  ann.client.setTalking(false);
  assert.equal(ann.track.enabled, false);
});

test("A host's mute is obeyed by the page, and by the others too", async (t) => {
  const { time, pages, backend, players } = await setUp(t, 'ann', 'bob');
  backend.mute('bob', true);
  await time.settle();
  assert.deepEqual([pages.bob.track.enabled, pages.bob.client.silencedBy], [false, 'backend']);
  assert.equal(volumeOf(players, pages.bob), 0, 'whatever the page of bob does');
  await pages.bob.client.setMuted(false);
  assert.equal(pages.bob.track.enabled, false);
  backend.mute('bob', false);
  await time.settle();
  assert.deepEqual([pages.bob.track.enabled, volumeOf(players, pages.bob)], [true, 1]);
});

test('Volumes and blocks are of participants', async (t) => {
  const { pages: { ann }, enter, players } = await setUp(t, 'ann');
  ann.client.setVolume('bob', 0.3);
  const bob = await enter('bob');
  assert.equal(volumeOf(players, bob), 0.3);
  await ann.client.block(['bob']);
  assert.deepEqual([volumeOf(players, bob), ann.client.blocked], [0, ['bob']]);
  await ann.client.block([]);
  assert.equal(volumeOf(players, bob), 0.3);
});

test('One that leaves is gone at once, and comes back as a new page', async (t) => {
  const { time, pages, enter, network, backend } = await setUp(t, 'ann', 'bob');
  pages.bob.client.leave();
  await time.settle();
  assert.deepEqual([[...pages.ann.client.roster.keys()], pages.ann.client.state], [['ann'], 'connected']);
  assert.ok(network.connections.every(({ connectionState }) => connectionState === 'closed'));
  assert.equal(pages.bob.track.readyState, 'ended', 'its microphone is closed');
  assert.deepEqual(pages.bob.states.at(-1), 'closed left');
  await enter('bob');
  assert.deepEqual(heard(pages.ann.client), ['bob']);
  assert.equal(backend.sockets.size, 2);
});

test('A mute that was said while the backend was away is told when it is back', async (t) => {
  const { time, pages, backend } = await setUp(t, 'ann');
  backend.isUp = false;
  backend.restart();
  await time.settle();
  await pages.ann.client.setMuted(true);
  backend.isUp = true;
  await time.advance(10000);
  assert.equal(backend.entry('ann').muted_by_self, true);
});

test('A removal ends the call with the words of the host', async (t) => {
  const { time, pages, backend } = await setUp(t, 'ann', 'bob');
  backend.sockets.get('bob').receive({ type: 'closing', data: { reason: 'removed', detail: 'noise' } });
  backend.leave('bob');
  await time.advance(30000);
  assert.equal(pages.bob.states.at(-1), 'closed removed noise');
  assert.equal(pages.bob.track.readyState, 'ended');
  assert.deepEqual(heard(pages.ann.client), []);
  assert.equal(backend.sockets.size, 1, 'it does not come back');
});

test('A backend that does not let a page in is asked three times', async (t) => {
  const { time, backend } = await setUp(t);
  backend.isUp = false;
  const client = new MeshVoiceClient({ url: 'http://backend.test/mesh?as=ann', participant: 'ann', random: () => 0.5 });
  const ends = [];
  client.addEventListener('state', ({ detail }) => detail.state === 'closed' && ends.push(detail.reason));
  await client.join();
  await time.advance(60000);
  assert.deepEqual(ends, ['unreachable']);
  backend.isUp = true;
  backend.refusal = 'full';
  await client.join();
  await time.advance(1000);
  assert.deepEqual(ends, ['unreachable', 'full']);
});

test('A signalling that says nothing any more is opened again', async (t) => {
  const { time, pages, backend } = await setUp(t, 'ann');
  const first = backend.sockets.get('ann');
  await time.advance(60000);
  assert.equal(backend.sockets.get('ann'), first, 'it answers pings');
  first.receive = () => {};
  await time.advance(60000);
  assert.notEqual(backend.sockets.get('ann'), first);
  assert.equal(pages.ann.client.state, 'connected');
});

test('Who speaks is told when it changes, with the loudest as the main one', async (t) => {
  const { time, pages } = await setUp(t, 'ann', 'bob', 'chen');
  const { client } = pages.ann;
  const told = [];
  client.addEventListener('speakers', () => told.push([[...client.speaking].join(), client.dominant]));
  Object.assign(pages.bob.track, { level: 0.1 });
  Object.assign(pages.chen.track, { level: 0.4 });
  await time.advance(1000);
  pages.chen.track.level = 0.001;
  await time.advance(2000);
  pages.bob.track.enabled = false;
  await time.advance(2000);
  assert.deepEqual(told, [['bob,chen', 'chen'], ['bob', 'bob'], ['', '']]);
});

test('Statistics add up all connections', async (t) => {
  const { pages } = await setUp(t, 'ann', 'bob', 'chen');
  const { activeSlots, sessions } = await pages.ann.client.stats();
  assert.deepEqual([activeSlots, sessions], [2, 2]);
  assert.deepEqual((await pages.ann.client.search('CHE')).people.map(({ participant }) => participant), ['chen']);
});
