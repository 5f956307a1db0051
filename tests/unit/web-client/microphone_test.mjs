// SPDX-License-Identifier: Apache-2.0
// A microphone while its device, the system and the browser do what they like, in virtual time.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';

import { Microphone } from '../../../clients/web/src/media/microphone.js';
import { VoiceError } from '../../../clients/web/src/protocol/voice_error.js';
import { device, fakeMachine, openMicrophone, setGlobal } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

test('What a browser says against a microphone has a code, and advice for people', async (t) => {
  const { machine } = fakeMachine(t);
  const cases = {
    NotAllowedError: 'permission-denied',
    NotFoundError: 'no-microphone',
    OverconstrainedError: 'no-microphone',
    NotReadableError: 'microphone-busy',
    AbortError: 'microphone-busy',
    TypeError: 'not-supported',
  };
  for (const [name, code] of Object.entries(cases)) {
    machine.failure = () => name;
    const error = await Microphone.open().catch((caught) => caught);
    assert.ok(error instanceof VoiceError, name);
    assert.equal(error.code, code);
    assert.match(error.advice, /^[A-Z].*\.$/);
    assert.equal(error.cause.name, name);
  }
  machine.getUserMedia = async () => {
    throw new DOMException('Permission denied by system', 'NotAllowedError');
  };
  assert.match((await Microphone.open().catch((caught) => caught)).advice, /settings of the system/);
});

test('A page without https has no microphone to ask for, and says so', async (t) => {
  fakeMachine(t);
  setGlobal(t, 'navigator', {});
  await assert.rejects(Microphone.open(), { code: 'not-supported' });
  setGlobal(t, 'isSecureContext', false);
  await assert.rejects(Microphone.open(), { code: 'insecure-page' });
});

test('Processing is on, off, or as the page wants it', async (t) => {
  const { machine } = fakeMachine(t);
  for (const processing of [undefined, false, { echoCancellation: true, sampleRate: 48000 }]) (await Microphone.open({ processing })).close();
  const [on, off, own] = machine.requests;
  assert.deepEqual(on, { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 });
  assert.deepEqual(off, { echoCancellation: false, noiseSuppression: false, autoGainControl: false });
  assert.deepEqual(own, { echoCancellation: true, sampleRate: 48000 });
});

test('A remembered device that is away does not keep a person from talking, and is used when it comes', async (t) => {
  const { time, machine, microphone, log } = await openMicrophone(t, { deviceId: 'studio' });
  assert.equal(microphone.deviceId, 'built-in');
  machine.plug(device('studio'));
  await time.settle();
  assert.equal(microphone.deviceId, 'studio');
  assert.deepEqual(log, ['studio'], 'it has been open all the time');
});

test('Another device takes over while the person talks, and a mute stays', async (t) => {
  const { microphone, machine } = await openMicrophone(t);
  const { stream, track: former } = microphone;
  former.enabled = false;
  let stateOfFormer;
  microphone.addEventListener('track', () => (stateOfFormer = former.readyState));
  await microphone.useDevice('headset');
  assert.equal(stateOfFormer, 'live', 'the old track goes on until the new one is there');
  assert.deepEqual([microphone.deviceId, microphone.track.enabled], ['headset', false]);
  assert.deepEqual(machine.live, [microphone.track]);
  assert.deepEqual(microphone.stream.getAudioTracks(), [microphone.track]);
  assert.equal(microphone.stream, stream);
});

test('A device that cannot be opened changes nothing', async (t) => {
  const { microphone, machine, log, time } = await openMicrophone(t);
  const { track } = microphone;
  await assert.rejects(microphone.useDevice('away'), { code: 'no-microphone' });
  machine.failure = (id) => (id === 'headset' ? 'NotAllowedError' : undefined);
  await assert.rejects(microphone.useDevice('headset'), { code: 'permission-denied' });
  machine.failure = () => undefined;
  machine.changed();
  await time.advance(10000);
  assert.equal(microphone.track, track);
  assert.deepEqual(machine.live, [track]);
  assert.deepEqual(log, []);
});

test('Where a browser opens one microphone at a time, the old one makes way, and comes back if the other fails', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t);
  machine.failure = () => (machine.live.length > 0 ? 'NotReadableError' : undefined);
  await microphone.useDevice('headset');
  assert.equal(microphone.deviceId, 'headset');
  machine.failure = (id) => (machine.live.length > 0 || id === 'built-in' ? 'NotReadableError' : undefined);
  await assert.rejects(microphone.useDevice('built-in'), { code: 'microphone-busy' });
  await time.settle();
  assert.deepEqual(log, ['headset', 'interrupted: ended', 'headset', 'open']);
  assert.equal(machine.live.length, 1);
});

test('A headset that is removed gives way to the default within a second, and is used again when it returns', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t, { deviceId: 'headset' });
  microphone.track.enabled = false;
  machine.unplug('headset');
  await time.advance(1000);
  assert.deepEqual(log, ['lost: removed', 'built-in', 'open']);
  assert.deepEqual([microphone.deviceId, microphone.track.enabled], ['built-in', false]);
  machine.plug(device('headset'));
  await time.settle();
  assert.deepEqual([microphone.deviceId, microphone.track.enabled], ['headset', false]);
  assert.deepEqual(machine.live, [microphone.track]);
});

test('A removed device that is still listed, and a default that is not ready yet, take less than a second', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t, { deviceId: 'headset' });
  machine.failure = (id) => (id === 'headset' || time.nowMs < 500 ? 'NotReadableError' : undefined);
  microphone.track.end();
  await time.advance(200);
  assert.equal(microphone.state, 'lost');
  await time.advance(800);
  assert.deepEqual(log, ['interrupted: ended', 'lost: microphone-busy', 'built-in', 'open']);
  assert.equal(machine.requests.length, 4);
  machine.failure = () => undefined;
  microphone.track.end();
  await time.settle();
  assert.equal(microphone.deviceId, 'headset', 'the next time the chosen one comes first again');
});

test('A list without the device is enough: not every browser ends the track', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t, { deviceId: 'headset' });
  machine.unplug('headset', { ends: false });
  await time.settle();
  assert.deepEqual(log, ['built-in']);
  assert.deepEqual(machine.live, [microphone.track]);
});

test('Without any device it is lost, stops asking, and comes back with the next one', async (t) => {
  const { time, microphone, machine, log } = await openMicrophone(t);
  machine.microphones = [];
  microphone.track.end();
  await time.advance(60000);
  assert.deepEqual(log, ['lost: removed', 'lost: no-microphone']);
  const asked = machine.requests.length;
  await time.advance(3600000);
  assert.equal(machine.requests.length, asked);
  machine.plug(device('new'));
  await time.settle();
  assert.deepEqual(log.slice(2), ['new', 'open']);
  machine.microphones = [];
  microphone.track.end();
  await time.advance(60000);
  machine.microphones = [device('other')]; // Not every browser says so; the person sees it and chooses.
  await microphone.useDevice('other');
  assert.deepEqual(log.slice(-2), ['other', 'open']);
});

test('A returning device that is not ready at once is tried again', async (t) => {
  const { time, microphone, machine } = await openMicrophone(t, { deviceId: 'headset' });
  machine.unplug('headset');
  await time.advance(1000);
  machine.failure = (id) => (id === 'headset' && time.nowMs < 2000 ? 'NotReadableError' : undefined);
  machine.plug(device('headset'));
  await time.settle();
  assert.equal(microphone.deviceId, 'built-in');
  assert.equal(microphone.state, 'open');
  await time.advance(5000);
  assert.equal(microphone.deviceId, 'headset');
});

test('Without a choice of the person it follows the system to another default', async (t) => {
  const time = new VirtualTime(t);
  const { machine } = fakeMachine(t);
  machine.microphones = [device('default', 'laptop'), device('a', 'laptop'), device('b', 'usb')];
  const microphone = await Microphone.open();
  machine.changed();
  await time.settle();
  assert.equal(machine.requests.length, 1, 'the default is the same');
  machine.microphones[0] = device('default', 'usb');
  machine.changed();
  await time.settle();
  assert.equal(machine.requests.length, 2);
  assert.equal(microphone.track.device.group, 'usb');
  await microphone.useDevice('a');
  machine.microphones[0] = device('default', 'laptop');
  machine.changed();
  await time.settle();
  assert.equal(microphone.deviceId, 'a', 'the person chose');
});

test('A permission that is taken away is not asked for again until the person wants to talk', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t);
  machine.failure = () => 'NotAllowedError';
  microphone.track.end();
  await time.advance(60000);
  show('hidden');
  show('visible');
  machine.plug(device('new'));
  await time.advance(60000);
  assert.equal(machine.requests.length, 2);
  assert.equal(microphone.reason, 'permission-denied');
  machine.failure = () => undefined;
  microphone.take();
  await time.settle();
  assert.equal(log.at(-1), 'open');
  machine.failure = () => 'NotAllowedError';
  microphone.track.end();
  await time.settle();
  machine.failure = () => undefined;
  await microphone.useDevice(microphone.deviceId);
  assert.equal(log.at(-1), 'open');
});

test('Closed in the middle of a change, nothing stays open and nothing is said', async (t) => {
  const { time, microphone, machine, show, log } = await openMicrophone(t);
  const changing = microphone.useDevice('headset');
  await Promise.resolve();
  microphone.close();
  await assert.rejects(changing, { code: 'interrupted' });
  assert.deepEqual(machine.live, []);
  microphone.close();
  assert.deepEqual([getEventListeners(machine, 'devicechange'), getEventListeners(document, 'visibilitychange')], [[], []]);
  machine.unplug('headset');
  machine.changed();
  show('visible');
  microphone.take();
  await time.advance(60000);
  assert.deepEqual(machine.live, []);
  assert.deepEqual(log, ['closed']);
  assert.equal(machine.requests.length, 2);
});

test('Closed while it looks for another device, it opens none', async (t) => {
  const { time, microphone, machine } = await openMicrophone(t);
  microphone.track.end();
  await Promise.resolve();
  microphone.close();
  await time.advance(10000);
  assert.equal(machine.requests.length, 1);
});

test('What becomes of a former track does not matter', async (t) => {
  const { time, microphone, log } = await openMicrophone(t);
  const former = microphone.track;
  former.setMuted(true);
  await time.advance(1000);
  await microphone.useDevice('headset');
  former.setMuted(true);
  former.end();
  await time.advance(10000);
  assert.deepEqual(log, ['headset']);
});
