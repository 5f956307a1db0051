// SPDX-License-Identifier: Apache-2.0
// Waits for a condition to become true, with a limit and a reason.

import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 100;

/** The first truthy value of `check`. An exception from it ends the wait. */
export async function until(what, check, limitMs = 30000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`after ${limitMs} ms it is still not true that ${what}`);
    await delay(INTERVAL_MS);
  }
}

export { delay };
