// SPDX-License-Identifier: Apache-2.0
// Decides when the page learns that a sender's frames can, or cannot, be decrypted: of a frame in 50 a second, what has changed.

import { keepRecent } from './recent.js';

/** @typedef {'ok' | 'missing-key' | 'wrong-key'} State */

/** In a row: a key may arrive just after the first frame that it seals. */
const FRAMES_UNTIL_BAD = 3;
/** For each source: frames that go wrong now and then, by whatever design, make no storm of events. */
const PAUSE_MS = 1000;
const MOST_SOURCES = 256;

export class StateReports {
  /** @type {Map<string | number, {reported: State | null, atMs: number, state: State, inRow: number}>} */
  #sources = new Map();

  /**
   * What to report of a frame from `source`; null: nothing.
   * @param {string | number} source @param {State} state @param {number} nowMs @returns {State | null}
   */
  take(source, state, nowMs) {
    const known = this.#sources.get(source) ?? { reported: null, atMs: -Infinity, state, inRow: 0 };
    known.inRow = known.state === state ? known.inRow + 1 : 1;
    known.state = state;
    keepRecent(this.#sources, source, known, MOST_SOURCES);
    if (state === known.reported) return null;
    if (state !== 'ok' && (known.inRow < FRAMES_UNTIL_BAD || nowMs - known.atMs < PAUSE_MS)) return null;
    known.reported = state;
    known.atMs = nowMs;
    return state;
  }
}
