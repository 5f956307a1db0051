// SPDX-License-Identifier: Apache-2.0
// What client_bench makes of its measurements: lines, percentiles, and which chirp was heard when.

import assert from 'node:assert/strict';
import test from 'node:test';

import { kindsOf, latencies, lineThrough, percentile, spread, summary } from '../../interop/client_bench/figures.mjs';

test('A line goes through its points, and between those that are on none', () => {
  assert.equal(lineThrough([[4, 9], [9, 19], [14, 29]])(99), 199);
  assert.equal(lineThrough([[0, 1], [0, 3], [2, 1], [2, 3]])(50), 2);
});

test('A percentile is one of the values, and of none there is none', () => {
  const values = [5, 1, 4, 2, 3];
  assert.deepEqual([0, 0.5, 0.95, 1].map((part) => percentile(values, part)), [1, 3, 5, 5]);
  assert.equal(percentile([], 0.5), null);
  assert.deepEqual(spread([1, 2, 6]), { mean: 3, least: 1, most: 6 });
});

test('A chirp is heard by the first ear that it reaches, and one that comes too late or too early was another one', () => {
  const ears = [[1090, 5000], [1080, 2701]];
  assert.deepEqual(latencies([1000, 2000, 5001, 9000], ears), [80, null, null, null]);
});

test('A chirp after a pause begins a turn, with a switch if a slot was given to its talker about then', () => {
  const mouthMs = [1000, 1800, 6000, 6800, 11000];
  assert.deepEqual(kindsOf(mouthMs, [1050, 6100 + 2000]), ['first', 'later', 'again', 'later', 'again']);
  assert.deepEqual(kindsOf(mouthMs, [5600, 11900]), ['again', 'later', 'first', 'later', 'first']);
});

test('What was not heard is counted, and has no latency', () => {
  assert.deepEqual(summary([100, null, 300, 200]), { said: 4, heard: 3, p50: 200, p95: 300 });
  assert.deepEqual(summary([]), { said: 0, heard: 0, p50: null, p95: null });
});
