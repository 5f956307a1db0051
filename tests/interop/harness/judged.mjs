// SPDX-License-Identifier: Apache-2.0
// Tests in which veche-load judges the server, on a machine that may be too busy for that.

import assert from 'node:assert/strict';

import { tryTwice } from './retry.mjs';

const LATE = 'the generator was late';

class MachineTooBusy extends Error {}

/**
 * Asserts that all participants joined, and all packets arrived. A generator that was late itself also complains: if nothing is missing,
 * the server has passed; if something is, nobody knows whose fault it was.
 */
export function assertNothingMissing({ shortcomings, errors }) {
  const missing = shortcomings.filter((each) => !each.startsWith(LATE));
  if (missing.length === 0) return;
  const message = `${shortcomings.join('; ')}\n${errors}`;
  if (missing.length < shortcomings.length) throw new MachineTooBusy(message);
  assert.fail(message);
}

/** A test's body, which runs once more if its first run showed that the machine is too busy, and nothing of the server. Each run cleans up. */
export function judged(body) {
  return (t) => tryTwice(t.name, async () => {
    const cleanups = [];
    try {
      return await body({ name: t.name, diagnostic: (line) => t.diagnostic(line), after: (action) => cleanups.push(action) });
    } finally {
      for (const action of cleanups) await action();
    }
  }, (error) => error instanceof MachineTooBusy);
}
