// SPDX-License-Identifier: Apache-2.0
// Which failures a busy machine excuses: one, of a run in which the load generator itself was late.

import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';

import { assertNothingMissing, judged } from '../../interop/harness/judged.mjs';

const LATE = 'the generator was late: p99 218.1 ms, at most 367.1 ms. The machine is too slow or too busy for this load';
const LOST = '285 packets were lost';

// The summary of the suite would take what is said here of a second run for a flaky test.
beforeEach(() => { mock.method(console, 'log', () => {}); });

/** Runs a test whose n-th run has the n-th of these shortcomings; returns how often it ran and cleaned up, and its error. */
async function run(...runs) {
  const count = { runs: 0, cleaned: 0 };
  const body = judged(async (t) => {
    t.after(() => { count.cleaned += 1; });
    assertNothingMissing({ shortcomings: runs[count.runs++], errors: '' });
  });
  await body({ name: 'a call', diagnostic() {}, after() { assert.fail('each run cleans up itself'); } }).catch(({ message }) => { count.error = message; });
  return count;
}

test('Nothing is missing: the server has passed, also where the generator was late', async () => {
  assert.deepEqual(await run([]), { runs: 1, cleaned: 1 });
  assert.deepEqual(await run([LATE]), { runs: 1, cleaned: 1 });
});

test('Something is missing and the generator was in time: the server has failed', async () => {
  const { error, ...count } = await run([LOST], []);
  assert.deepEqual(count, { runs: 1, cleaned: 1 });
  assert.match(error, /285 packets/);
});

test('Something is missing and the generator was late: a second run decides', async () => {
  assert.deepEqual(await run([LATE, LOST], []), { runs: 2, cleaned: 2 });
  assert.match(console.log.mock.calls[0].arguments[0], /^RETRIED: a call: .*285 packets/);
  const { error, ...count } = await run([LATE, LOST], [LATE, LOST]);
  assert.deepEqual(count, { runs: 2, cleaned: 2 });
  assert.match(error, /285 packets/);
});

test('Other failures are not excused', async () => {
  let runs = 0;
  await assert.rejects(judged(async () => { runs += 1; throw new Error('refused'); })({ name: 'a call', diagnostic() {}, after() {} }), /refused/);
  assert.equal(runs, 1);
});
