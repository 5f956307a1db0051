// SPDX-License-Identifier: Apache-2.0
// The loss models of the interop tests lose as much as they say, in runs as long as they say, and the same each time.

import assert from 'node:assert/strict';
import test from 'node:test';

import { lossModel, random } from '../../interop/harness/loss_models.mjs';

const PACKET_MS = 20;
/** What becomes of this many packets, 20 ms apart: true where one is lost. */
const lose = (settings, count, seed) => {
  const loses = lossModel(settings, seed);
  return Array.from({ length: count }, (_, i) => loses(i * PACKET_MS));
};
const share = (lost) => lost.filter(Boolean).length / lost.length;
/** The lengths of the runs of lost packets. */
const runs = (lost) => lost.map((each) => (each ? 'x' : ' ')).join('').split(/ +/).map(({ length }) => length).filter(Boolean);
const near = (value, wanted, part) => assert.ok(Math.abs(value - wanted) <= part * wanted, `${value} is not about ${wanted}`);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('The same seed gives the same numbers, spread over 0 to 1, another seed others', () => {
  const take = (seed) => {
    const next = random(seed);
    return Array.from({ length: 1000 }, next);
  };
  assert.deepEqual(take(7), take(7));
  assert.notDeepEqual(take(7), take(8));
  const numbers = take(1);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  near(mean(numbers), 0.5, 0.05);
  for (let tenth = 0; tenth < 10; tenth += 1) near(numbers.filter((number) => Math.floor(10 * number) === tenth).length, 100, 0.35);
});

test('Without a model nothing is lost', () => {
  assert.equal(share(lose({}, 1000)), 0);
  assert.equal(share(lose({ model: 'every', n: 0 }, 1000)), 0);
});

test('One in n is lost, at other places of a period each time', () => {
  const lost = lose({ model: 'every', n: 10 }, 10000);
  near(share(lost), 0.1, 0.01);
  for (let phase = 0; phase < 5; phase += 1) near(share(lost.filter((_, i) => i % 5 === phase)), 0.1, 0.1);
});

test('Uniform loss hits each packet by itself', () => {
  const lost = lose({ model: 'uniform', share: 0.2 }, 20000);
  near(share(lost), 0.2, 0.05);
  near(mean(runs(lost)), 1 / 0.8, 0.05);
});

test('A bad link of Gilbert and Elliott loses in runs, and what it loses while it is good besides', () => {
  const lost = lose({ model: 'gilbertElliott', becomesBad: 0.02, becomesGood: 0.25 }, 100000);
  near(share(lost), 0.02 / 0.27, 0.1);
  near(mean(runs(lost)), 4, 0.1);
  near(share(lose({ model: 'gilbertElliott', becomesBad: 0.02, becomesGood: 0.25, whileBad: 0.5, whileGood: 0.01 }, 100000)), 0.5 * 0.074 + 0.01 * 0.926, 0.1);
});

test('A burst takes everything for its time, and all bursts together their share', () => {
  const lost = lose({ model: 'bursts', ms: 100, share: 0.07 }, 100000);
  near(share(lost), 0.07, 0.1);
  const lengths = runs(lost);
  assert.ok(lengths.filter((length) => length === 5).length > 0.9 * lengths.length, `runs of ${[...new Set(lengths)]}`);
});

test('A burst begins where it would for any packets', () => {
  const settings = { model: 'bursts', ms: 100, share: 0.07 };
  const [often, seldom] = [lossModel(settings, 3), lossModel(settings, 3)];
  for (let ms = 0; ms < 60000; ms += 1) {
    const lost = often(ms);
    if (ms % 60 === 0) assert.equal(seldom(ms), lost, `at ${ms} ms`);
  }
});
