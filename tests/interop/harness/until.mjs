// SPDX-License-Identifier: Apache-2.0
// Waits for a condition to become true, with a limit and a reason.

import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 100;
/** A limit is for faults: a machine that is busy for half a minute is none. */
export const LIMIT_MS = 60000;

/** The first truthy value of `check`. An exception from it ends the wait. */
export async function until(what, check, limitMs = LIMIT_MS) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`after ${limitMs} ms it is still not true that ${what}`);
    await delay(INTERVAL_MS);
  }
}

export { delay };
