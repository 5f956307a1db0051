// SPDX-License-Identifier: Apache-2.0
// A path of the interop tests, in virtual time: rate, queue, delay and jitter, also when they change while packets wait.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Link } from '../../interop/harness/link.mjs';

const BYTES = 125; // 1000 bits: 10 ms at 100 kbit/s.
const SLOW = { rateBps: 100000 };

/** Lets the clock run to `untilMs`; returns [packet, ms] of what arrives. Wakes when the link says, as a timer would. */
function run(link, untilMs) {
  const arrivals = [];
  for (let nowMs = link.nextMs(); nowMs <= untilMs; nowMs = link.nextMs()) {
    for (const packet of link.arrived(nowMs)) arrivals.push([packet, nowMs]);
  }
  return arrivals;
}
const shaped = (conditions) => {
  const link = new Link();
  link.shape(0, conditions);
  return link;
};

test('A free link passes each packet at once, and says that nothing waits', () => {
  const link = new Link();
  assert.equal(link.nextMs(), Infinity);
  assert.ok(link.send(5, 'a', BYTES));
  assert.ok(link.send(5, 'b', BYTES));
  assert.deepEqual(link.arrived(5), ['a', 'b']);
  assert.deepEqual(link.arrived(5), []);
  assert.equal(link.nextMs(), Infinity);
  assert.deepEqual(link.passed, [{ atMs: 5, queuedMs: 0 }, { atMs: 5, queuedMs: 0 }]);
});

test('Packets that come faster than the rate queue behind each other', () => {
  const link = shaped(SLOW);
  for (const [ms, packet] of [[0, 'a'], [0, 'b'], [5, 'c'], [100, 'd']]) link.send(ms, packet, BYTES);
  assert.deepEqual(run(link, 1000), [['a', 10], ['b', 20], ['c', 30], ['d', 110]]);
  assert.deepEqual(link.passed.map(({ queuedMs }) => queuedMs), [10, 20, 25, 10]);
});

test('A full queue drops what comes last, by time or by bytes', () => {
  for (const limit of [{ queueMs: 30 }, { queueBytes: 3 * BYTES }]) {
    const link = shaped({ ...SLOW, ...limit });
    assert.deepEqual([0, 1, 2, 3].map((packet) => link.send(0, packet, BYTES)), [true, true, true, false]);
    assert.equal(link.overflowed, 1);
    assert.equal(link.send(9, 4, BYTES), false, 'a tenth of a packet is still in the way');
    assert.equal(link.send(10, 5, BYTES), true);
    assert.deepEqual(run(link, 1000), [[0, 10], [1, 20], [2, 30], [5, 40]]);
    assert.equal(link.lost, 0);
  }
});

test('Delay and jitter add up and never change the order', () => {
  const steady = shaped({ delayMs: 40 });
  steady.send(3, 'a', BYTES);
  assert.equal(steady.nextMs(), 3, 'it is not in flight yet');
  assert.deepEqual(run(steady, 42), []);
  assert.deepEqual(run(steady, 43), [['a', 43]]);
  const link = shaped({ delayMs: 40, jitterMs: 30 });
  const arrivals = [];
  for (let ms = 0; ms < 1000; ms += 5) {
    arrivals.push(...run(link, ms));
    link.send(ms, ms, BYTES);
  }
  arrivals.push(...run(link, 2000));
  assert.deepEqual(arrivals.map(([sentMs]) => sentMs), Array.from({ length: 200 }, (_, i) => 5 * i));
  const tookMs = arrivals.map(([sentMs, ms]) => ms - sentMs);
  assert.ok(tookMs.every((ms) => ms >= 40 && ms < 70), `${tookMs}`);
  assert.ok(Math.max(...tookMs) - Math.min(...tookMs) > 20);
});

test('What waits goes on at a new rate, from the bit at which the old one ended', () => {
  const link = shaped(SLOW);
  for (const packet of ['a', 'b', 'c']) link.send(0, packet, BYTES);
  link.shape(15, { rateBps: 50000 }); // Half of b is left.
  assert.deepEqual(run(link, 1000), [['a', 10], ['b', 25], ['c', 45]]);
});

test('When a limit ends, what waits arrives at once and before what comes next', () => {
  const link = shaped({ rateBps: 1000, queueMs: 10000 });
  for (const packet of ['a', 'b']) link.send(0, packet, BYTES);
  link.shape(500);
  link.send(500, 'c', BYTES);
  assert.deepEqual(link.arrived(500), ['a', 'b', 'c']);
});

test('A delay that ends lets nothing overtake', () => {
  const link = shaped({ delayMs: 100 });
  link.send(0, 'a', BYTES);
  link.arrived(0);
  link.shape(10);
  link.send(10, 'b', BYTES);
  assert.deepEqual(run(link, 1000), [['a', 100], ['b', 100]]);
});

test('Lost packets take no room in the queue and are counted apart', () => {
  const link = shaped({ ...SLOW, queueMs: 20, loss: { model: 'every', n: 1 } });
  for (let packet = 0; packet < 10; packet += 1) assert.equal(link.send(0, packet, BYTES), false);
  assert.deepEqual([link.lost, link.overflowed, link.nextMs()], [10, 0, Infinity]);
  link.shape(0, { ...SLOW, queueMs: 20 });
  assert.equal(link.send(0, 'a', BYTES), true);
});

test('The same seed gives the same fate', () => {
  const fate = (seed) => {
    const link = shaped({ loss: { model: 'uniform', share: 0.3 }, jitterMs: 20, seed });
    return Array.from({ length: 100 }, (_, i) => link.send(i * 50, i, BYTES) && run(link, i * 50 + 49));
  };
  assert.deepEqual(fate(4), fate(4));
  assert.notDeepEqual(fate(4), fate(5));
});
