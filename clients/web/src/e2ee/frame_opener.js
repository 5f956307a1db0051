// SPDX-License-Identifier: Apache-2.0
// Decrypts what this page receives, in whichever slot it comes: the frame's KID says which keys may fit.

import { FrameKey } from './cipher_suites.js';
import { readKid } from './key_id.js';
import { keepRecent } from './recent.js';
import { ReplayWindow } from './replay_window.js';
import { decodeHeader } from './sframe_header.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */

/** Sessions of senders. Only frames that proved authentic count, so the server cannot push one out. */
const MOST_SESSIONS = 1024;

/**
 * What came of a frame. `sender` is the number in its KID; -1: it has no KID.
 * @typedef {{state: 'ok', sender: number, plaintext: Bytes} | {state: 'missing-key' | 'wrong-key' | 'repeated', sender: number}} Opened
 */

export class FrameOpener {
  #store;
  #suite;
  /** @type {Map<bigint, {base: CryptoKey, frameKey: FrameKey, window: ReplayWindow}>} */
  #sessions = new Map(); // By KID; the one used last is the last.

  /** @param {import('./key_store.js').KeyStore} store @param {number} suite */
  constructor(store, suite) {
    this.#store = store;
    this.#suite = suite;
  }

  /** @param {Bytes} frame @returns {Promise<Opened>} */
  async open(frame) {
    const header = decodeHeader(frame);
    if (!header) return { state: 'missing-key', sender: -1 };
    const { kid, ctr, size } = header;
    const { sender, place } = readKid(kid);
    const bases = this.#store.candidates(sender, place);
    const [aad, sealed] = [frame.slice(0, size), frame.slice(size)];
    for (const base of bases) {
      const frameKey = await this.#frameKey(base, kid);
      const plaintext = await frameKey.open(ctr, aad, sealed);
      if (!plaintext) continue;
      const isFresh = this.#keep(kid, base, frameKey).window.take(ctr);
      return isFresh ? { state: 'ok', sender, plaintext } : { state: 'repeated', sender };
    }
    return { state: bases.length > 0 ? 'wrong-key' : 'missing-key', sender };
  }

  /** @param {CryptoKey} base @param {bigint} kid */
  async #frameKey(base, kid) {
    const session = this.#sessions.get(kid);
    return session?.base === base ? session.frameKey : FrameKey.derive(base, kid, this.#suite);
  }

  /** The counters of a session go on when the key in its place is another one. @param {bigint} kid @param {CryptoKey} base @param {FrameKey} frameKey */
  #keep(kid, base, frameKey) {
    const session = { base, frameKey, window: this.#sessions.get(kid)?.window ?? new ReplayWindow() };
    keepRecent(this.#sessions, kid, session, MOST_SESSIONS);
    return session;
  }
}
