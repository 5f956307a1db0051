// SPDX-License-Identifier: Apache-2.0
// The pauses before attempts to come back: of one client, and of a crowd.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Ladder } from '../../../clients/web/src/protocol/ladder.js';

const NO_JITTER = () => 0.5;

/** Numbers that look random, the same in each run (mulberry32). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('The pauses grow to seven seconds and stay there, until it begins anew', () => {
  const ladder = new Ladder(NO_JITTER);
  const pauses = () => Array.from({ length: 8 }, () => ladder.next());
  const expected = [0, 300, 1200, 2700, 4800, 7000, 7000, 7000].map((retryMs, i) => ({ attempt: i + 1, retryMs }));
  assert.deepEqual(pauses(), expected);
  ladder.reset();
  assert.deepEqual(pauses(), expected);
});

test('Jitter is a quarter of a pause, to either side', () => {
  for (const [random, ms] of [[0, 5250], [0.999999, 8750]]) {
    const ladder = new Ladder(() => random);
    for (let i = 0; i < 5; i += 1) ladder.next();
    assert.equal(Math.round(ladder.next().retryMs), ms);
  }
});

test('Only the client whose own network was lost tries at once', () => {
  assert.equal(new Ladder(NO_JITTER).next().retryMs, 0);
  for (const [random, ms] of [[0, 300], [0.5, 1150], [0.999999, 2000]]) {
    assert.equal(Math.round(new Ladder(() => random).next({ isShared: true }).retryMs), ms);
  }
  const crowd = new Ladder(NO_JITTER);
  assert.deepEqual([1, 2, 3].map(() => Math.round(crowd.next({ isShared: true }).retryMs)), [1150, 1200, 2700], 'nor do they gather in the second pause');
  const second = new Ladder(NO_JITTER);
  second.next();
  assert.equal(second.next({ isShared: true }).retryMs, 300, 'a second attempt waits anyway');
});

test('A Retry-After is a lower bound with jitter on top, and at most five minutes', () => {
  const pauses = [0, 0.5, 0.999999].map((random) => Math.round(new Ladder(() => random).next({ retryAfterMs: 5000 }).retryMs));
  assert.deepEqual(pauses, [5000, 5500, 6000]);
  assert.equal(new Ladder(NO_JITTER).next({ retryAfterMs: 1e12 }).retryMs, 300000);
  const late = new Ladder(NO_JITTER);
  for (let i = 0; i < 5; i += 1) late.next();
  assert.equal(late.next({ retryAfterMs: 1000 }).retryMs, 7000);
});

test('A thousand clients of a server that restarts come back spread, not in step', () => {
  for (const downMs of [0, 500, 1000, 3000, 10000, 60000]) {
    const arrivals = Array.from({ length: 1000 }, (_, client) => {
      const ladder = new Ladder(dice(client));
      let atMs = ladder.next({ isShared: true }).retryMs;
      while (atMs < downMs) atMs += ladder.next().retryMs;
      return atMs;
    });
    const most = Math.max(...arrivals.map((start) => arrivals.filter((atMs) => atMs >= start && atMs < start + 100).length));
    assert.ok(most <= 150, `${most} of 1000 arrive within 100 ms after ${downMs} ms`);
    assert.ok(Math.max(...arrivals) < downMs + 9000, `after ${downMs} ms all are back`);
  }
});
