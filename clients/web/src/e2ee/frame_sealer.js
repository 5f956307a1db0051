// SPDX-License-Identifier: Apache-2.0
// Encrypts what this page sends. One counter for everything, which never goes back, so that no key meets a counter twice.

import { concatenated } from './bytes.js';
import { FrameKey } from './cipher_suites.js';
import { makeKid, randomSession, senderNumber } from './key_id.js';
import { encodeHeader } from './sframe_header.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */

export class FrameSealer {
  #store;
  #suite;
  #session;
  #ctr = 0n;
  /** @type {{base: CryptoKey, kid: bigint, frameKey: Promise<FrameKey>} | null} */
  #derived = null; // Of the last frame: there is one sender, with one key for a while.

  /** `session` is for tests. @param {import('./key_store.js').KeyStore} store @param {number} suite */
  constructor(store, suite, session = randomSession()) {
    this.#store = store;
    this.#suite = suite;
    this.#session = session;
  }

  /** A frame of `participant`, sealed; null if it has no key: then nothing may leave. @param {string} participant @param {Bytes} plaintext */
  async seal(participant, plaintext) {
    const sending = this.#store.sending(participant);
    if (!sending) return null;
    const kid = makeKid(this.#session, senderNumber(participant), sending.index);
    const ctr = this.#ctr;
    this.#ctr += 1n; // Before anything is awaited.
    const frameKey = await this.#derive(sending.key, kid);
    const header = encodeHeader(kid, ctr);
    return concatenated(header, await frameKey.seal(ctr, header, plaintext));
  }

  /** @param {CryptoKey} base @param {bigint} kid */
  #derive(base, kid) {
    if (this.#derived?.base !== base || this.#derived.kid !== kid) {
      this.#derived = { base, kid, frameKey: FrameKey.derive(base, kid, this.#suite) };
    }
    return this.#derived.frameKey;
  }
}
