// SPDX-License-Identifier: Apache-2.0
// Remembers which counters of one sender have been seen, so that each frame is played once (RFC 9605 section 7.4, as RFC 3711 does it).

/** At 50 frames a second 20 s of one connection; in a mesh each connection takes its share of the counters. */
const WINDOW = 1024n;
const ALL = (1n << WINDOW) - 1n;

export class ReplayWindow {
  #highest = -1n;
  #seen = 0n; // Bit n: the counter n below the highest.

  /** True the first time. Only after the frame has proven to be authentic. @param {bigint} ctr */
  take(ctr) {
    const ahead = ctr - this.#highest;
    if (ahead > 0n) {
      this.#seen = ahead < WINDOW ? ((this.#seen << ahead) | 1n) & ALL : 1n;
      this.#highest = ctr;
      return true;
    }
    if (-ahead >= WINDOW) return false;
    const bit = 1n << -ahead;
    if (this.#seen & bit) return false;
    this.#seen |= bit;
    return true;
  }
}
