// SPDX-License-Identifier: Apache-2.0
// Audio elements: what they play, how loud, where, and whether the browser lets them.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Players } from '../../../clients/web/src/media/players.js';
import { fakeMachine, setGlobal } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

class FakeElement {
  static blocks = false;
  static outputs = ['', 'speakers', 'headphones'];
  srcObject = null;
  sinkId = '';
  paused = true;
  plays = 0;

  async setSinkId(id) {
    if (!FakeElement.outputs.includes(id)) throw new DOMException('gone', 'NotFoundError');
    this.sinkId = id;
  }

  /** One that is allowed waits for its first packet, here for ever. */
  play() {
    this.plays += 1;
    if (FakeElement.blocks) return Promise.reject(new DOMException('a gesture first', 'NotAllowedError'));
    this.paused = false;
    return new Promise(() => {});
  }
}

function setUp(t, { choosesOutput = true, count = 2 } = {}) {
  const time = new VirtualTime(t);
  const { machine } = fakeMachine(t);
  if (choosesOutput) setGlobal(t, 'HTMLMediaElement', FakeElement);
  FakeElement.blocks = false;
  const elements = [];
  const players = new Players({ create: () => elements[elements.push(new FakeElement()) - 1] });
  players.size = count;
  return { time, machine, players, elements };
}

const TRACK = { kind: 'audio' };

test('Each slot has an element, which plays the track that it is given', (t) => {
  const { players, elements } = setUp(t);
  players.attach(1, TRACK);
  assert.deepEqual(elements.map(({ srcObject }) => srcObject?.getAudioTracks()), [undefined, [TRACK]]);
  assert.deepEqual(elements.map(({ autoplay }) => autoplay), [true, true]);
  players.attach(1, null);
  assert.equal(elements[1].srcObject, null);
});

test('Fewer slots play less, more keep their volume and output', async (t) => {
  const { players, elements } = setUp(t);
  players.attach(1, TRACK);
  players.setVolume(1, 0.25);
  players.setVolume(2, 0);
  await players.setOutput('headphones');
  players.size = 1;
  assert.equal(elements[1].srcObject, null);
  players.size = 3;
  assert.equal(players.size, 3);
  assert.deepEqual(elements.slice(2).map(({ volume, muted, sinkId }) => [volume, muted, sinkId]), [[0.25, false, 'headphones'], [0, true, 'headphones']]);
});

test('Nobody is heard after the end', (t) => {
  const { players, elements } = setUp(t);
  players.attach(0, TRACK);
  players.stop();
  assert.deepEqual(elements.map(({ srcObject }) => srcObject), [null, null]);
});

test('Where a browser cannot choose an output, that is said', async (t) => {
  const { players, elements } = setUp(t, { choosesOutput: false });
  assert.equal(await players.setOutput('headphones'), false);
  assert.equal(await players.setOutput(''), true);
  assert.equal(elements[0].sinkId, '');
});

test('An output that is not there leaves the former one', async (t) => {
  const { players, elements } = setUp(t);
  assert.equal(await players.setOutput('headphones'), true);
  assert.equal(await players.setOutput('away'), false);
  players.size = 3;
  assert.deepEqual(elements.map(({ sinkId }) => sinkId), ['headphones', 'headphones', 'headphones']);
});

test('Headphones that are unplugged give way to the default, and are used again when they return', async (t) => {
  const { time, machine, players, elements } = setUp(t);
  const { outputs } = machine;
  await players.setOutput('headphones');
  const sinks = async (present) => {
    machine.outputs = present;
    machine.changed();
    await time.settle();
    return elements.map(({ sinkId }) => sinkId);
  };
  assert.deepEqual(await sinks(outputs.slice(0, 1)), ['', '']);
  assert.deepEqual(await sinks(outputs), ['headphones', 'headphones']);
  players.stop();
  assert.deepEqual(await sinks(outputs.slice(0, 1)), ['headphones', 'headphones'], 'a call that has ended listens no more');
  players.attach(0, TRACK);
  assert.deepEqual(await sinks(outputs.slice(0, 1)), ['', ''], 'the next call does');
});

test('Blocked autoplay is told, and a gesture starts what has a track, whether or not packets come', async (t) => {
  const { players, elements } = setUp(t);
  players.attach(0, TRACK);
  FakeElement.blocks = true;
  assert.equal(await players.resume(), true);
  FakeElement.blocks = false;
  assert.equal(await players.resume(), false);
  assert.deepEqual(elements.map(({ plays, paused }) => [plays, paused]), [[2, false], [0, true]]);
  elements[0].play = async () => {
    throw new DOMException('a new track', 'AbortError');
  };
  elements[0].paused = true;
  assert.equal(await players.resume(), false, 'that is no refusal');
});
