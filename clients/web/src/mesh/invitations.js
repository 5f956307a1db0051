// SPDX-License-Identifier: Apache-2.0
// What the backend answers to a page that asks to join: the first answer serves the first attempt to reach the SFU, each later one asks anew.

import { Problem } from '../protocol/voice_error.js';

/** @typedef {import('./types.js').Invitation} Invitation */

export class Invitations {
  #invite;
  /** @type {Invitation | null} */
  #first = null;

  /** @param {() => Promise<Invitation>} invite */
  constructor(invite) {
    this.#invite = invite;
  }

  async first() {
    this.#first = await this.#invite();
    return this.#first;
  }

  /** The first one will be old when it is needed. */
  forget() {
    this.#first = null;
  }

  /** For an attempt to reach the SFU. */
  async token() {
    const { token, ice_servers: iceServers } = this.#first ?? (await this.#invite());
    this.#first = null; // Good once.
    if (!token) throw new Problem({ title: 'This room uses the mesh now', status: 409 });
    return { token, ice_servers: iceServers };
  }
}
