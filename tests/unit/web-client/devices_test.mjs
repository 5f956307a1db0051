// SPDX-License-Identifier: Apache-2.0
// Lists of devices, their changes, and which microphone is to be open.

import assert from 'node:assert/strict';
import test from 'node:test';

import { deviceToOpen, listDevices, onDevicesChanged } from '../../../clients/web/src/media/devices.js';
import { device, fakeMachine, setGlobal } from './fake_machine.mjs';
import { VirtualTime } from './virtual_time.mjs';

const ids = (devices) => devices.map(({ id }) => id);

function withOutputs(t) {
  setGlobal(t, 'HTMLMediaElement', class {
    setSinkId() {}
  });
}

test('Microphones and outputs have labels; there are no outputs where a page cannot choose one', async (t) => {
  fakeMachine(t);
  assert.deepEqual(await listDevices(), { microphones: [device('built-in'), device('headset')], outputs: [] });
  withOutputs(t);
  assert.deepEqual(ids((await listDevices()).outputs), ['speakers', 'headphones']);
  setGlobal(t, 'navigator', {});
  assert.deepEqual(await listDevices(), { microphones: [], outputs: [] });
});

test('Changes are told with the newest list, until that is stopped', async (t) => {
  const time = new VirtualTime(t);
  const { machine } = fakeMachine(t);
  const told = [];
  const stop = onDevicesChanged(({ microphones }) => told.push(ids(microphones)));
  const { enumerateDevices } = machine;
  let finish;
  machine.enumerateDevices = () => new Promise((resolve) => { finish = () => resolve([]); });
  machine.changed(); // Whose list takes longer than the next one.
  machine.enumerateDevices = enumerateDevices;
  machine.plug(device('new'));
  await time.settle();
  finish();
  await time.settle();
  assert.deepEqual(told, [['built-in', 'headset', 'new']]);
  machine.changed();
  stop();
  machine.changed();
  await time.settle();
  assert.equal(told.length, 1);
});

test('What the person chose comes first, then the default', () => {
  const list = [device('default', 'g'), device('a', 'g'), device('b', 'h')];
  const cases = [
    ['as it is', { wanted: 'a', id: 'a' }, list, undefined],
    ['dead', { wanted: 'a', id: 'a', isDead: true }, list, 'a'],
    ['the chosen one is back', { wanted: 'b', id: 'a' }, list, 'b'],
    ['gone', { wanted: 'c', id: 'c' }, list, ''],
    ['gone and dead', { wanted: 'c', id: 'c', isDead: true }, list, ''],
    ['away, the default goes on', { wanted: 'c', id: 'default', group: 'g' }, list, undefined],
    ['away, another default', { wanted: 'c', id: 'default', group: 'old' }, list, ''],
    ['another default', { wanted: '', id: 'default', group: 'old' }, list, ''],
    ['another default than the one that the person chose', { wanted: 'a', id: 'a', group: 'old' }, list, undefined],
    ['no list: it may be hidden', { wanted: 'a', id: 'a' }, [], undefined],
    ['no list, and dead', { wanted: 'a', id: 'a', isDead: true }, [], ''],
    ['a browser that hides ids', { wanted: '', id: '' }, [device('')], undefined],
  ];
  for (const [what, open, microphones, expected] of cases) assert.equal(deviceToOpen({ isDead: false, ...open }, microphones), expected, what);
});
