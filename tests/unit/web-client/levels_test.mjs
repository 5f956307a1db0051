// SPDX-License-Identifier: Apache-2.0
// Who is heard and how loud, and how loud the own microphone is.

import assert from 'node:assert/strict';
import test from 'node:test';

import { LevelMeter } from '../../../clients/web/src/media/level_meter.js';
import { participantLevels } from '../../../clients/web/src/media/levels.js';
import { Microphone } from '../../../clients/web/src/media/microphone.js';
import { fakeMachine, setGlobal } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

test('Those are heard whose packets came just now', () => {
  const NOW_MS = 1000000;
  const sourceOf = ([source, agoMs, audioLevel]) => ({ source, timestamp: NOW_MS - agoMs, audioLevel });
  const receiver = (...sources) => ({ getContributingSources: () => sources.map(sourceOf) });
  const roster = [[1, 'ann'], [2, 'bob'], [3, 'eve']].map(([source_number, participant]) => ({ source_number, participant }));
  const receivers = [receiver([1, 100, 0.5], [2, 400, 0.5]), receiver([3, 0, undefined], [9, 0, 1]), receiver([1, 50, 0.2])];
  assert.deepEqual([...participantLevels(receivers, roster, NOW_MS)], [['ann', 0.5], ['eve', 0.1]]);
});

/** What the meter needs of a browser. */
function fakeAudio(t, sample) {
  const contexts = [];
  setGlobal(t, 'AudioContext', class {
    state = 'suspended';
    sources = [];

    constructor() {
      contexts.push(this);
    }

    createAnalyser() {
      return { getFloatTimeDomainData: (samples) => samples.fill(this.state === 'running' ? sample : 0) };
    }

    createMediaStreamSource(stream) {
      const source = { track: stream.getAudioTracks()[0], connect() {}, disconnect: () => (source.track = null) };
      this.sources.push(source);
      return source;
    }

    async resume() {
      await Promise.resolve();
      this.state = 'running';
    }

    async close() {
      this.state = 'closed';
    }
  });
  return contexts;
}

test('An AudioContext exists while somebody asks for the level, and follows the track', async (t) => {
  const time = new VirtualTime(t);
  fakeMachine(t);
  const contexts = fakeAudio(t, -0.5);
  const meter = new LevelMeter();
  assert.equal(contexts.length, 0);
  assert.equal(meter.read('first'), 0);
  for (let i = 0; i < 100; i += 1) {
    await time.advance(100);
    assert.equal(meter.read('first').toFixed(3), '0.500');
  }
  meter.read('second');
  assert.equal(contexts.length, 1);
  assert.deepEqual(contexts[0].sources.map(({ track }) => track), [null, 'second']);
  await time.advance(2000);
  assert.equal(contexts[0].state, 'closed');
  meter.read('second');
  assert.equal(contexts.length, 2);
  meter.close();
  assert.equal(contexts[1].state, 'closed');
});

test('A microphone measures while it is open', async (t) => {
  const time = new VirtualTime(t);
  fakeMachine(t);
  const contexts = fakeAudio(t, 0.25);
  const microphone = await Microphone.open();
  microphone.level();
  await time.settle();
  assert.equal(microphone.level(), 0.25);
  microphone.close();
  assert.equal(contexts[0].state, 'closed');
  assert.equal(microphone.level(), 0);
  assert.equal(contexts.length, 1);
});

test('Without an AudioContext there is no level', (t) => {
  setGlobal(t, 'AudioContext', undefined);
  assert.equal(new LevelMeter().read({}), 0);
});
