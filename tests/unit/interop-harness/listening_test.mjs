// SPDX-License-Identifier: Apache-2.0
// What the adaptive test reads out of a page's recording: when slots were on, clean, and how much of them was concealed.

import assert from 'node:assert/strict';
import test from 'node:test';

import { allOnAfter, changes, cleanAfter, heard, percentile, slotsOn } from '../../interop/adaptive/listening.mjs';

const EVERY_MS = 250;
const RATE = 48000;

/** A recording of `seconds`. `slots`: mid -> (second) => {packets, concealed, silent}: how many packets come in that second, and which part of it is concealed. */
function record(seconds, slots) {
  const sums = Object.fromEntries(Object.keys(slots).map((mid) => [mid, { packetsReceived: 0, totalSamplesReceived: 0, concealedSamples: 0, silentConcealedSamples: 0 }]));
  const samples = [];
  for (let timeMs = 0; timeMs <= seconds * 1000; timeMs += EVERY_MS) {
    samples.push({ timeMs, slots: Object.entries(sums).map(([mid, sum]) => ({ id: mid, mid, ...sum })) });
    for (const [mid, at] of Object.entries(slots)) {
      const { packets, concealed = 0, silent = 0 } = at(Math.floor(timeMs / 1000));
      const played = (RATE * EVERY_MS) / 1000;
      sums[mid].packetsReceived += (packets * EVERY_MS) / 1000;
      sums[mid].totalSamplesReceived += played;
      sums[mid].concealedSamples += (concealed + silent) * played;
      sums[mid].silentConcealedSamples += silent * played;
    }
  }
  return samples;
}
const talking = () => ({ packets: 50 });
const from = (second) => (now) => ({ packets: now >= second ? 50 : 0 });

test('The concealed share is that of one slot and of its time, without silence', () => {
  const samples = record(10, { a: (s) => ({ packets: 50, concealed: s < 5 ? 0.2 : 0, silent: 0.5 }), b: () => ({ packets: 0, silent: 1 }) });
  const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-9, `${value} is not ${wanted}`);
  near(heard(samples, 'a').share, 0.1);
  near(heard(samples, 'a', 5000).share, 0);
  near(heard(samples, 'a', 0, 5000).share, 0.2);
  near(heard(samples, 'b').share, 0);
  assert.equal(heard(samples, 'a', 1000, 3000).packets, 100);
  assert.deepEqual(heard(samples, 'a', 50000), { packets: 0, share: 0 });
});

test('All slots are back when the last one is on for good', () => {
  const samples = record(20, { a: talking, b: from(7), c: from(9) });
  const afterMs = allOnAfter(samples, ['a', 'b', 'c'], 5000);
  assert.ok(afterMs > 3000 && afterMs <= 4000, `${afterMs}`);
  assert.equal(allOnAfter(samples, ['a'], 5000), 0);
  assert.equal(allOnAfter(record(20, { a: talking, b: from(30) }), ['a', 'b'], 5000), null);
  const relapsed = record(20, { a: (s) => ({ packets: s === 15 || s === 16 ? 0 : 50 }) });
  assert.ok(allOnAfter(relapsed, ['a'], 5000) > 10000);
});

test('DTX and comfort noise do not make a slot on, packets of 60 ms do', () => {
  const samples = record(5, { a: () => ({ packets: 3 }), b: () => ({ packets: 17 }) });
  assert.equal(slotsOn(samples, ['a', 'b'], 5000), 1);
  assert.equal(slotsOn(record(10, { a: from(5) }), ['a'], 4000), 0);
});

test('Changes are counted each way', () => {
  const flapping = record(20, { a: (s) => ({ packets: s % 4 < 2 ? 50 : 0 }) });
  const { on, off } = changes(flapping, 'a', 0, 20000);
  assert.ok(on === 4 && off === 5, `${on} and ${off}`);
  assert.deepEqual(changes(record(20, { a: from(10) }), 'a', 0, 20000), { on: 1, off: 0 });
  assert.deepEqual(changes(record(20, { a: talking }), 'a', 0, 20000), { on: 0, off: 0 });
});

test('A slot is clean when hardly anything is concealed any more and no packet waits', () => {
  const samples = record(20, { a: (s) => ({ packets: 50, concealed: s >= 5 && s < 8 ? 0.3 : 0 }) });
  const limit = { fromMs: 5000, toMs: 18000 };
  const afterMs = cleanAfter(samples, 'a', { ...limit, queued: [] });
  assert.ok(afterMs > 2000 && afterMs <= 3000, `${afterMs}`);
  const queued = [{ atMs: 9000, queuedMs: 250 }, { atMs: 9100, queuedMs: 150 }, { atMs: 19000, queuedMs: 900 }];
  assert.equal(cleanAfter(samples, 'a', { ...limit, queued }), 4250);
  assert.equal(cleanAfter(samples, 'a', { ...limit, queued: [{ atMs: 17900, queuedMs: 250 }] }), null);
  assert.equal(cleanAfter(record(20, { a: () => ({ packets: 50, concealed: 0.1 }) }), 'a', { ...limit, queued: [] }), null);
});

test('A percentile of nothing is 0', () => {
  assert.equal(percentile([], 0.95), 0);
  assert.equal(percentile([3, 1, 2], 0.5), 2);
  assert.equal(percentile(Array.from({ length: 100 }, (_, i) => i), 0.95), 95);
  assert.equal(percentile([1], 1), 1);
});
