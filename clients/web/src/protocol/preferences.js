// SPDX-License-Identifier: Apache-2.0
// What a participant has chosen, its mute, pins and blocks, compared with what the server knows: messages go in, commands come out.

/** @typedef {{type: 'mute' | 'pin' | 'block', data: object}} Command */

export class Preferences {
  muted = false;
  /** @type {string[]} */
  pinned = [];
  /** @type {string[]} */
  blocked = [];
  /** @type {Set<'pinned' | 'blocked'>} */
  #unconfirmed = new Set(); // The server has not agreed yet.

  /** @param {boolean} muted @returns {Command} */
  mute(muted) {
    this.muted = muted;
    return { type: 'mute', data: { muted } };
  }

  /** @param {'pinned' | 'blocked'} list @param {string[]} participants @returns {Command} */
  choose(list, participants) {
    this[list] = participants;
    this.#unconfirmed.add(list);
    return { type: list === 'pinned' ? 'pin' : 'block', data: { participants } };
  }

  /** The server has agreed to a list, or has refused it, and then the former one holds. @param {'pinned' | 'blocked'} list @param {string[]} participants */
  settle(list, participants) {
    this.#unconfirmed.delete(list);
    this[list] = participants;
  }

  /**
   * Takes a `snapshot` or `resumed`, and returns what the server has to be told: what was chosen while there was no connection, or what it has forgotten
   * because it took the participant for one that had left.
   * @param {{type: string, data?: any}} message
   * @returns {Command[]}
   */
  compare({ type, data }) {
    /** @type {Command[]} */
    const commands = [];
    for (const list of /** @type {const} */ (['pinned', 'blocked'])) {
      const known = data[list];
      const isForgotten = type === 'snapshot' && known.length === 0 && this[list].length > 0;
      if (isForgotten || this.#unconfirmed.has(list)) commands.push(this.choose(list, this[list]));
      else this[list] = known;
    }
    if (data.self.muted_by_self !== this.muted) commands.push(this.mute(this.muted));
    return commands;
  }
}
