// SPDX-License-Identifier: Apache-2.0
// Decides when a connection to one page is made anew. Takes its states, and returns how long to wait for a better one: it reads no clock.

import { Ladder } from '../protocol/ladder.js';

/** A connection that takes longer is made anew: host candidates need a fraction of it, TURN over TCP a second or two. */
const CONNECTING_MS = 6000;
/** ICE loses and finds its peer now and then. */
const DISCONNECTED_MS = 2000;

export class LinkLife {
  #ladder;

  /** @param {() => number} random */
  constructor(random) {
    this.#ladder = new Ladder(random);
  }

  /**
   * After how long another connection is made, if there is no other state by then; null: this one is good.
   * @param {string} state of the newest connection
   * @returns {number | null}
   */
  patienceMs(state) {
    switch (state) {
      case 'connected':
        this.#ladder.reset();
        return null;
      case 'disconnected':
        return DISCONNECTED_MS;
      case 'failed':
        return this.#ladder.next().retryMs;
      default:
        return CONNECTING_MS;
    }
  }
}
