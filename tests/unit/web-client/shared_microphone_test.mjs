// SPDX-License-Identifier: Apache-2.0
// Two tabs with one microphone: the one that took it last has it, and the other gets it when that closes.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Microphone } from '../../../clients/web/src/media/microphone.js';
import { SharedMicrophone } from '../../../clients/web/src/media/shared_microphone.js';
import { fakeMachine } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

/** As the browser's, for one name: a queue, and a request that steals. */
class FakeLocks {
  #holder = null;
  #queue = [];

  async request(name, { steal = false, signal }, granted) {
    return new Promise((resolve, reject) => {
      const request = { granted, resolve, reject, isPending: true };
      signal?.addEventListener('abort', () => {
        if (!request.isPending) return;
        this.#queue = this.#queue.filter((other) => other !== request);
        reject(new DOMException('aborted', 'AbortError'));
      });
      if (steal) {
        this.#holder?.reject(new DOMException('stolen', 'AbortError'));
        this.#holder = null;
        this.#queue.unshift(request);
      } else {
        this.#queue.push(request);
      }
      this.#next();
    });
  }

  async #next() {
    if (this.#holder || this.#queue.length === 0) return;
    const request = this.#queue.shift();
    this.#holder = request;
    request.isPending = false;
    await Promise.resolve();
    request.resolve(await request.granted());
    if (this.#holder !== request) return;
    this.#holder = null;
    this.#next();
  }
}

function tabs(t, options = {}) {
  const time = new VirtualTime(t);
  const { machine, show } = fakeMachine(t);
  navigator.locks = new FakeLocks();
  const open = async () => {
    const microphone = await Microphone.open({ shared: true, ...options });
    await time.settle();
    return microphone;
  };
  return { time, machine, show, open };
}

const seen = (...microphones) => microphones.map(({ state, reason, track }) => `${state} ${reason} ${track.readyState}`);
const HERE = 'open  live';
const ELSEWHERE = 'interrupted other-tab ended';

test('The tab that opens the microphone last has it; the person takes it back; the rest get it when that tab closes', async (t) => {
  const { time, machine, open } = tabs(t);
  const first = await open();
  assert.deepEqual(seen(first), [HERE]);
  first.track.enabled = false;
  const second = await open();
  assert.deepEqual(seen(first, second), [ELSEWHERE, HERE]);
  first.track.enabled = true;
  first.take();
  await time.settle();
  assert.deepEqual(seen(first, second), [HERE, ELSEWHERE]);
  assert.equal(first.track.enabled, true);
  first.close();
  await time.settle();
  assert.deepEqual(seen(second), [HERE]);
  assert.equal(machine.live.length, 1);
});

test('A tab without the microphone opens nothing, whatever happens to devices', async (t) => {
  const { time, machine, show, open } = tabs(t);
  const first = await open();
  const second = await open();
  const asked = machine.requests.length;
  await first.useDevice('headset');
  machine.unplug('built-in', { ends: false });
  show('hidden');
  show('visible');
  await time.advance(60000);
  assert.equal(first.state, 'interrupted');
  assert.equal(machine.requests.length, asked + 1, 'the tab that has it goes on with another device');
  second.close();
  await time.settle();
  assert.deepEqual(seen(first), [HERE]);
  assert.equal(first.deviceId, 'headset', 'what the person chose meanwhile');
});

test('Of three tabs one has it, whichever closes', async (t) => {
  const { time, machine, open } = tabs(t);
  const all = [await open(), await open(), await open()];
  all[0].take();
  all[1].take();
  await time.settle();
  assert.deepEqual(seen(...all), [ELSEWHERE, HERE, ELSEWHERE]);
  all[0].close();
  all[1].close();
  await time.settle();
  assert.deepEqual(seen(all[2]), [HERE]);
  assert.equal(machine.live.length, 1);
});

test('A tab that gets it back in the middle of a change keeps it', async (t) => {
  const { time, machine, open } = tabs(t);
  const first = await open();
  const { getUserMedia } = machine;
  machine.getUserMedia = async (constraints) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return getUserMedia.call(machine, constraints);
  };
  first.useDevice('headset');
  await time.settle();
  machine.getUserMedia = getUserMedia;
  const second = await open();
  first.take();
  await time.advance(1000);
  assert.deepEqual(seen(first, second), [HERE, ELSEWHERE]);
  assert.equal(first.deviceId, 'headset');
  assert.equal(machine.requests.length, 3);
});

test('A tab that closes at once keeps nothing from the others', async (t) => {
  const time = new VirtualTime(t);
  const taken = [];
  const locks = new FakeLocks();
  const place = (name) => new SharedMicrophone({ locks, onTaken: () => taken.push(name), onLost: () => {} });
  const [first, second] = [place('first'), place('second')];
  first.take();
  await time.settle();
  second.take();
  second.release();
  await time.settle();
  assert.deepEqual(taken, ['first', 'first']);
  assert.deepEqual([first.has, second.has], [true, false]);
});

test('Microphones that are not shared, and browsers without locks, open it as they like', async (t) => {
  const { time, machine, open } = tabs(t, { shared: false });
  const both = [await open(), await open()];
  assert.deepEqual(seen(...both), [HERE, HERE]);
  both[0].take();
  await time.settle();
  assert.equal(machine.requests.length, 2);
  const taken = [];
  for (const locks of [undefined, { request: async () => { throw new DOMException('sandboxed', 'SecurityError'); } }]) {
    const place = new SharedMicrophone({ locks, onTaken: () => taken.push(locks), onLost: () => assert.fail('to nobody') });
    place.take();
    await time.settle();
    assert.equal(place.has, true);
  }
  assert.equal(taken.length, 2);
});
