// SPDX-License-Identifier: Apache-2.0
// Tests of one file that mostly wait run at the same time.

import { describe, test } from 'node:test';

/** A `test` in place of that of node:test: up to `concurrency` of its tests run at once. Each has a server of its own. */
export function concurrentTests(concurrency) {
  const tests = [];
  queueMicrotask(() => describe(`Up to ${concurrency} at a time`, { concurrency }, () => tests.forEach((each) => test(...each))));
  return (...each) => { tests.push(each); };
}
