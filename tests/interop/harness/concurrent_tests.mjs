// SPDX-License-Identifier: Apache-2.0
// Runs the tests of one file at the same time, where they mostly wait.

import { describe, test } from 'node:test';

/** Replaces node:test's `test`: up to `concurrency` of its tests run at once. Each has its own server. */
export function concurrentTests(concurrency) {
  const tests = [];
  queueMicrotask(() => describe(`Up to ${concurrency} at a time`, { concurrency }, () => tests.forEach((each) => test(...each))));
  return (...each) => { tests.push(each); };
}
