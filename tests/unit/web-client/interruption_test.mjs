// SPDX-License-Identifier: Apache-2.0
// A microphone that the system takes for a while, as for a phone call, or fills with zeros, in virtual time.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Microphone } from '../../../clients/web/src/media/microphone.js';
import { fakeMachine, openMicrophone } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

test('A phone call interrupts, and its end opens the device exactly once', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t);
  const silence = [];
  microphone.addEventListener('silent', ({ detail: { silent } }) => silent !== undefined && silence.push(silent));
  const { track } = microphone;
  microphone.observe({ getStats: async () => new Map([['S', { id: 'S', type: 'media-source', totalAudioEnergy: time.nowMs }]]) });
  track.enabled = false;
  track.setMuted(true);
  await time.advance(1900);
  assert.deepEqual(log, [], 'a moment is no interruption');
  await time.advance(200);
  assert.deepEqual(log, ['interrupted: system']);
  show('hidden');
  machine.changed(); // The system moves its devices about.
  await time.advance(60000);
  assert.equal(machine.requests.length, 1, 'it waits');
  assert.deepEqual(silence, [true]);
  track.setMuted(false);
  show('visible');
  machine.changed();
  await time.advance(60000);
  assert.equal(machine.requests.length, 2);
  assert.deepEqual(log, ['interrupted: system', 'built-in', 'open']);
  assert.deepEqual(silence, [true, false]);
  assert.equal(microphone.track.enabled, false);
  assert.deepEqual(machine.live, [microphone.track]);
});

test('A page that is not in front may be denied the microphone, and asks again when it is', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t, { deviceId: 'headset' });
  machine.failure = () => (document.visibilityState === 'hidden' ? 'NotAllowedError' : undefined);
  show('hidden');
  microphone.track.end();
  await time.advance(60000);
  show('visible');
  await time.settle();
  assert.deepEqual(log, ['interrupted: ended', 'lost: permission-denied', 'headset', 'open']);
});

test('A device that is busy after an interruption is waited for', async (t) => {
  const { time, microphone, machine } = await openMicrophone(t, { deviceId: 'headset' });
  microphone.track.setMuted(true);
  await time.advance(3000);
  machine.failure = (id) => (time.nowMs < 4000 && id === 'headset' ? 'NotReadableError' : undefined);
  microphone.track.setMuted(false);
  await time.advance(5000);
  assert.deepEqual([microphone.state, microphone.deviceId], ['open', 'headset']);
});

test('A moment of silence by the system costs nothing', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t);
  microphone.track.setMuted(true);
  await time.advance(1500);
  microphone.track.setMuted(false);
  await time.advance(10000);
  assert.equal(machine.requests.length, 1);
  assert.deepEqual(log, []);
});

test('A page that comes back in the middle of a phone call tries once, and again when that ends', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t);
  microphone.track.setMuted(true);
  await time.advance(3000);
  machine.givesMuted = true;
  for (let i = 0; i < 3; i += 1) {
    show('hidden');
    show('visible');
    await time.advance(5000);
  }
  assert.equal(machine.requests.length, 2);
  assert.equal(microphone.state, 'interrupted');
  machine.givesMuted = false;
  microphone.track.setMuted(false);
  await time.advance(5000);
  assert.equal(machine.requests.length, 3);
  assert.deepEqual(log, ['interrupted: system', 'built-in', 'built-in', 'open']);
});

test('A system that ends the track and refuses another one is asked again when the page is seen', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t);
  machine.failure = () => 'NotReadableError';
  show('hidden');
  microphone.track.end();
  await time.advance(60000);
  const asked = machine.requests.length;
  machine.failure = () => undefined;
  await time.advance(60000);
  assert.equal(machine.requests.length, asked);
  machine.failure = () => (time.nowMs < 120600 ? 'NotReadableError' : undefined);
  for (let i = 0; i < 3; i += 1) show('visible'); // Signs come in swarms.
  await time.advance(10000);
  assert.equal(machine.requests.length, asked + 4, 'one for each sign, and one more later');
  assert.deepEqual(log, ['interrupted: ended', 'lost: microphone-busy', 'built-in', 'open']);
});

test('A microphone that the system mutes from the start is interrupted', async (t) => {
  const time = new VirtualTime(t);
  const { machine } = fakeMachine(t);
  machine.givesMuted = true;
  const microphone = await Microphone.open();
  await time.advance(2000);
  assert.deepEqual([microphone.state, microphone.reason, microphone.silent], ['interrupted', 'system', true]);
  machine.givesMuted = false;
  microphone.track.setMuted(false);
  await time.settle();
  assert.deepEqual([microphone.state, microphone.reason, microphone.silent], ['open', '', false]);
});

test('Zeros for five seconds mean that the system mutes the microphone; a mute of the person does not', async (t) => {
  const { time, microphone } = await openMicrophone(t);
  const source = { id: 'S', type: 'media-source', totalAudioEnergy: 1 };
  let readings = 0;
  const sender = {
    getStats: async () => {
      readings += 1;
      return new Map([['O', { type: 'outbound-rtp' }], ['S', { ...source }]]);
    },
  };
  microphone.observe(sender);
  await time.advance(60000);
  assert.equal(readings, 0, 'nobody wants to know');
  const silence = [];
  microphone.addEventListener('silent', ({ detail: { silent } }) => silence.push(silent));
  microphone.track.enabled = false;
  await time.advance(20000);
  assert.deepEqual(silence, []);
  microphone.track.enabled = true;
  await time.advance(4000);
  assert.deepEqual(silence, []);
  await time.advance(6000);
  assert.deepEqual(silence, [true]);
  assert.equal(readings, 12);
  source.totalAudioEnergy += 1e-9;
  await time.advance(2500);
  assert.deepEqual(silence, [true, false]);
  await time.advance(10000);
  assert.deepEqual(silence, [true, false, true]);
  Object.assign(source, { id: 'T', totalAudioEnergy: source.totalAudioEnergy });
  await time.advance(2500);
  assert.deepEqual(silence, [true, false, true, false], 'another track has five seconds, too');
  const { getStats } = sender;
  sender.getStats = () => new Promise((resolve) => setTimeout(() => resolve(getStats()), 100));
  await time.advance(2550);
  microphone.observe(null); // In the middle of a reading.
  const former = readings;
  await time.advance(60000);
  assert.equal(readings, former + 1);
  microphone.observe(sender);
  microphone.close();
  await time.advance(60000);
  assert.equal(readings, former + 1);
  microphone.observe(sender);
  await time.advance(60000);
  assert.equal(readings, former + 1);
  assert.deepEqual(silence, [true, false, true, false]);
});

test('A browser that does not tell energy says nothing of silence', async (t) => {
  const { time, microphone } = await openMicrophone(t);
  microphone.addEventListener('silent', () => assert.fail('it cannot know'));
  microphone.observe({ getStats: async () => new Map([['S', { id: 'S', type: 'media-source' }]]) });
  await time.advance(30000);
  microphone.observe({ getStats: async () => { throw new Error('closed'); } });
  await time.advance(30000);
  assert.equal(microphone.silent, false);
});
