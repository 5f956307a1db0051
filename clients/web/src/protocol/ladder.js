// SPDX-License-Identifier: Apache-2.0
// How long to wait before each attempt to come back. Reads no clock, and starts no timer.

/** Before the first attempt, the second, ...; the last one stays. */
const PAUSES_MS = [0, 300, 1200, 2700, 4800, 7000];
/** Before the first attempt where others have most likely lost the server in the same moment: their offers come spread over this time. */
const CROWD_MS = { least: 300, most: 2000 };
const LONGEST_WAIT_MS = 300000; // Whatever a Retry-After says.

export class Ladder {
  #random;
  #attempts = 0;
  #step = 0; // In PAUSES_MS.

  /** @param {() => number} random 0 to 1 */
  constructor(random) {
    this.#random = random;
  }

  /**
   * The next attempt, and the pause before it. After a Retry-After a crowd would come back in step, so it too gets jitter.
   * @param {{isShared?: boolean, retryAfterMs?: number}} [cause] `isShared`: not the network of this one client.
   */
  next({ isShared = false, retryAfterMs = 0 } = {}) {
    const random = this.#random();
    const isCrowd = isShared && this.#step === 0;
    const stepMs = PAUSES_MS[Math.min(this.#step, PAUSES_MS.length - 1)];
    const pauseMs = isCrowd ? CROWD_MS.least + random * (CROWD_MS.most - CROWD_MS.least) : stepMs * (0.75 + random / 2);
    const welcomeMs = retryAfterMs > 0 ? retryAfterMs + random * Math.max(1000, stepMs) : 0;
    this.#step += isCrowd ? 2 : 1; // A pause shorter than theirs would bring the first ones to the last.
    this.#attempts += 1;
    return { attempt: this.#attempts, retryMs: Math.min(LONGEST_WAIT_MS, Math.max(pauseMs, welcomeMs)) };
  }

  /** The next attempt is a first one. */
  reset() {
    this.#attempts = 0;
    this.#step = 0;
  }
}
