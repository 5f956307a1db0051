// SPDX-License-Identifier: Apache-2.0
// A listener's packets are compared with the talker's by their bytes, wherever the listener began and however its slot is numbered.

import assert from 'node:assert/strict';
import test from 'node:test';

import { compare } from '../../interop/adaptive/same_bytes.mjs';

const COUNT = 300;
const packet = (sequence, i) => ({ sequence: sequence & 0xffff, payload: Buffer.from([i >> 8, i & 0xff, (i * 7) & 0xff]) });
const sent = Array.from({ length: COUNT }, (_, i) => packet(1000 + i, i));
/** The talker's packets from the twentieth on, in a slot whose numbers wrap. */
const listen = () => Array.from({ length: COUNT - 20 }, (_, i) => packet(65500 + i, 20 + i));

test('What was sent is found in a slot with other numbers that wrap', () => {
  assert.deepEqual(compare(sent, listen()), { packets: 280, changed: 0, missing: 0 });
});

test('A packet with other bytes is counted', () => {
  const got = listen();
  got[100].payload[1] ^= 1;
  assert.deepEqual(compare(sent, got), { packets: 280, changed: 1, missing: 0 });
});

test('A gap is counted, and changes nothing after it', () => {
  const got = listen();
  got.splice(100, 3);
  assert.deepEqual(compare(sent, got), { packets: 277, changed: 0, missing: 3 });
});

test('What another talker sent is all changed', () => {
  const got = listen().map(({ sequence, payload }) => ({ sequence, payload: Buffer.concat([payload, payload]) }));
  assert.deepEqual(compare(sent, got), { packets: 280, changed: 280, missing: 0 });
  assert.deepEqual(compare(sent, []), { packets: 0, changed: 0, missing: 0 });
});
