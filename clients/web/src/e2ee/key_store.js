// SPDX-License-Identifier: Apache-2.0
// The keys of a call: those of each participant, and those of everybody. Says which may have sealed a frame, and which seals the next one.

import { placeOf, senderNumber } from './key_id.js';

/** Whose key it is: a participant's, or everybody's. @typedef {string | null} Owner */

/**
 * @typedef {object} Keys
 * @property {Map<number, CryptoKey>} byPlace
 * @property {number | null} sends The index of the one to send with.
 */

export class KeyStore {
  /** @type {Map<Owner, Keys>} */
  #owners = new Map();
  /** @type {Map<number, Set<string>>} */
  #participants = new Map(); // By their sender numbers.

  /**
   * `sends`: from now on the owner sends with it. The first one of an owner is used anyway.
   * @param {Owner} owner @param {number} index @param {CryptoKey} key
   */
  set(owner, index, key, { sends = true } = {}) {
    const keys = this.#owners.get(owner) ?? { byPlace: new Map(), sends: null };
    keys.byPlace.set(placeOf(index), key);
    if (sends || keys.sends === null) keys.sends = index;
    this.#owners.set(owner, keys);
    if (owner === null) return;
    const number = senderNumber(owner);
    this.#participants.set(number, (this.#participants.get(number) ?? new Set()).add(owner));
  }

  /** The owner sends with this key from now on; false if there is none. @param {Owner} owner @param {number} index */
  use(owner, index) {
    const keys = this.#owners.get(owner);
    if (!keys?.byPlace.has(placeOf(index))) return false;
    keys.sends = index;
    return true;
  }

  /** One key, or without `index` all of an owner. @param {Owner} owner @param {number} [index] */
  remove(owner, index) {
    const keys = this.#owners.get(owner);
    if (!keys) return;
    if (index !== undefined) {
      keys.byPlace.delete(placeOf(index));
      if (keys.sends !== null && placeOf(keys.sends) === placeOf(index)) keys.sends = null;
      if (keys.byPlace.size > 0) return;
    }
    this.#owners.delete(owner);
    if (owner !== null) this.#participants.get(senderNumber(owner))?.delete(owner);
  }

  /** Those that may have sealed a frame, the sender's own first. @param {number} sender @param {number} place @returns {CryptoKey[]} */
  candidates(sender, place) {
    const owners = [...(this.#participants.get(sender) ?? []), null];
    return owners.flatMap((owner) => this.#owners.get(owner)?.byPlace.get(place) ?? []);
  }

  /** What this participant sends with: its own key, else everybody's; null: nothing. @param {string} participant */
  sending(participant) {
    for (const owner of [participant, null]) {
      const keys = this.#owners.get(owner);
      if (!keys || keys.sends === null) continue;
      const key = keys.byPlace.get(placeOf(keys.sends));
      if (key) return { index: keys.sends, key };
    }
    return null;
  }
}
