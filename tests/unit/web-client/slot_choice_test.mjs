// SPDX-License-Identifier: Apache-2.0
// How many people a device plays at the same time.

import assert from 'node:assert/strict';
import test from 'node:test';

import { chooseSlots } from '../../../clients/web/src/media/slot_choice.js';

test('Weak devices, and people who save data, play fewer at the same time', () => {
  const cases = [
    [{}, 4],
    [{ hardwareConcurrency: 8, deviceMemory: 8 }, 4],
    [{ hardwareConcurrency: 4 }, 4],
    [{ hardwareConcurrency: 8, deviceMemory: 2 }, 3],
    [{ hardwareConcurrency: 8, deviceMemory: 0.5 }, 2],
    [{ hardwareConcurrency: 2, deviceMemory: 8 }, 2],
    [{ hardwareConcurrency: 8, deviceMemory: 8, connection: { saveData: true } }, 2],
    [{ hardwareConcurrency: 8, deviceMemory: 8, connection: {} }, 4],
  ];
  for (const [device, expected] of cases) assert.equal(chooseSlots(device), expected, JSON.stringify(device));
});
