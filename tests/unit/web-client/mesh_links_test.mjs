// SPDX-License-Identifier: Apache-2.0
// The connections of a mesh, in virtual time: they are made, fail, and are made anew.

import assert from 'node:assert/strict';
import test from 'node:test';

import { MeshVoiceClient } from '../../../clients/web/src/mesh/index.js';
import { microphone, pseudoRandom } from './fake_mesh.mjs';
import { heard, setUp } from './mesh_pages.mjs';

test('Candidates are sent together, and arrive after their description', async (t) => {
  const { time, network, backend } = await setUp(t, 'ann', 'bob');
  await time.advance(100);
  const signals = backend.taken.filter(([type]) => type === 'signal').map(([, data]) => Object.keys(data).at(-1));
  assert.deepEqual(signals, ['description', 'description', 'candidates', 'candidates']);
  assert.equal(network.log.filter((type) => type === 'candidate').length, 6);
});

test('A connection that fails is made anew, and the former one is played until then', async (t) => {
  const { time, pages, network } = await setUp(t, 'ann', 'bob');
  const [one, other] = network.connections;
  network.reaches = () => false;
  one.become('disconnected');
  other.become('disconnected');
  await time.advance(1900);
  assert.equal(network.connections.length, 2, 'ICE may find it again');
  await time.advance(200);
  assert.ok(network.connections.length > 2);
  assert.notEqual(one.connectionState, 'closed');
  network.reaches = () => true;
  await time.advance(6500);
  assert.deepEqual([heard(pages.ann.client), heard(pages.bob.client)], [['bob'], ['ann']]);
  assert.equal(one.connectionState, 'closed');
  assert.equal(network.connections.filter(({ connectionState }) => connectionState === 'connected').length, 2);
  assert.deepEqual(pages.ann.states, ['connecting', 'connected', 'reconnecting connection lost', 'connected']);
});

test('The page that answers asks for another connection when only it sees the failure', async (t) => {
  const { time, pages, network } = await setUp(t, 'ann', 'bob');
  const answering = network.connections.find(({ localDescription }) => localDescription.type === 'answer');
  answering.become('failed');
  await time.advance(100);
  assert.equal(network.connections.length, 4);
  assert.deepEqual([heard(pages.ann.client), heard(pages.bob.client)], [['bob'], ['ann']]);
});

test('A network that stays away is tried less and less often', async (t) => {
  const { time, network } = await setUp(t, 'ann', 'bob');
  network.reaches = () => false;
  network.connections.forEach((pc) => pc.become('failed'));
  const counts = [];
  for (let i = 0; i < 3; i += 1) {
    const before = network.connections.length;
    for (let second = 0; second < 60; second += 1) {
      await time.advance(1000);
      network.connections.filter(({ connectionState }) => connectionState === 'new').forEach((pc) => pc.become('failed'));
    }
    counts.push(network.connections.length - before);
  }
  assert.ok(counts[2] <= counts[0] && counts[2] < 60, `${counts}`);
  network.reaches = () => true;
  await time.advance(8000);
  assert.equal(network.connections.filter(({ connectionState }) => connectionState === 'connected').length, 2);
});

test('An offer that was lost is made again', async (t) => {
  const { time, pages, enter, backend, network } = await setUp(t, 'ann');
  const { take } = backend;
  backend.take = (socket, message) => message.type !== 'signal' && take.call(backend, socket, message);
  await enter('bob');
  assert.equal(pages.bob.client.state, 'connecting');
  backend.take = take;
  await time.advance(6100);
  assert.deepEqual(heard(pages.ann.client), ['bob']);
  assert.equal(network.connections.filter(({ connectionState }) => connectionState === 'connected').length, 2);
});

test('Signals of a connection that is gone, and nonsense, change nothing', async (t) => {
  const { time, pages, backend, network } = await setUp(t, 'ann', 'bob');
  const before = network.connections.length;
  const sdp = 'v=0\r\na=number:1\r\n';
  for (const data of [{ call: 1, description: { type: 'offer', sdp } }, { call: 1, description: { type: 'answer', sdp } }, { call: 0, description: { type: 'offer', sdp: 'x' } }, { call: 0, candidates: [{}] }, { call: -1, restart: true }, { call: 'x' }, {},
    { call: 0, description: { type: 'answer', sdp: 'x' } }, { call: null, description: null, candidates: null }]) {
    for (const [one, other] of [['ann', 'bob'], ['bob', 'ann']]) {
      backend.sockets.get(one).receive({ type: 'signal', data: { from: backend.sockets.get(other).peer, ...data } });
      backend.sockets.get(one).receive({ type: 'signal', data: { from: 'nobody', ...data } });
    }
  }
  await time.advance(100);
  assert.equal(network.connections.length, before);
  assert.deepEqual([heard(pages.ann.client), heard(pages.bob.client)], [['bob'], ['ann']]);
});

test('A page that was reloaded takes the place of its former self', async (t) => {
  const { time, pages, enter, network, backend } = await setUp(t, 'ann', 'bob');
  const former = network.connections.slice();
  const gone = pages.bob;
  backend.take = () => {}; // It vanishes without a word.
  gone.client.leave();
  backend.take = Object.getPrototypeOf(backend).take;
  backend.sockets.get('bob').peer = 'the-former-page';
  backend.tellRoster({ changed: [backend.entry('bob')] });
  await enter('bob');
  await time.settle();
  assert.ok(former.every(({ connectionState }) => connectionState === 'closed'));
  assert.deepEqual(heard(pages.ann.client), ['bob']);
});

test('A backend that restarts disturbs nobody, and who does not come back is missed after ten seconds', async (t) => {
  const { time, pages, network, backend } = await setUp(t, 'ann', 'bob', 'chen');
  const states = () => network.connections.map(({ connectionState }) => connectionState);
  backend.isUp = false;
  backend.restart();
  await time.advance(5000);
  assert.deepEqual(heard(pages.ann.client), ['bob', 'chen']);
  backend.isUp = true;
  pages.chen.client.leave(); // Nobody hears of it.
  for (let i = 0; i < 40 && backend.sockets.size < 2; i += 1) await time.advance(250);
  assert.deepEqual([...backend.sockets.keys()].sort(), ['ann', 'bob']);
  assert.deepEqual(heard(pages.ann.client), ['bob']);
  assert.equal(states().length, 6, 'no connection was made anew');
  await time.advance(10500);
  assert.equal(states().filter((state) => state === 'connected').length, 2);
  assert.deepEqual(pages.ann.states, ['connecting', 'connected']);
});

test('A mesh that is begun again makes connections anew, because the others may have ended theirs', async (t) => {
  const { time, pages, network } = await setUp(t, 'ann', 'bob');
  const former = network.connections.slice();
  pages.ann.client.renew();
  assert.equal(pages.ann.client.isComplete, false);
  assert.deepEqual(heard(pages.ann.client), ['bob'], 'the former one is played meanwhile');
  pages.bob.client.renew();
  await time.settle();
  assert.ok(pages.ann.client.isComplete && pages.bob.client.isComplete);
  assert.ok(former.every(({ connectionState }) => connectionState === 'closed'));
  assert.deepEqual(heard(pages.ann.client), ['bob']);
});

test('With encryption each sender and receiver is attached before the first packet', async (t) => {
  const { pages, enter, network } = await setUp(t, 'ann');
  const attached = [];
  const encryption = {
    isActive: true, configuration: { encodedInsertableStreams: true }, addEventListener: () => {},
    participants: (roster) => attached.push([...roster.keys()].join()),
    attachSender: (sender, participant) => attached.push(`send ${participant}`), attachReceiver: () => attached.push('receive'),
  };
  pages.ann.client.leave();
  const client = new MeshVoiceClient({ url: 'http://backend.test/mesh?as=ann', participant: 'ann', encryption, random: pseudoRandom(7) });
  await client.join(microphone());
  await enter('bob');
  assert.ok(attached.includes('send ann') && attached.includes('receive') && attached.includes('ann,bob'), `${attached}`);
  assert.ok(network.connections.some(({ configuration }) => configuration.encodedInsertableStreams));
});
