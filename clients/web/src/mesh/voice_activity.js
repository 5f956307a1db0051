// SPDX-License-Identifier: Apache-2.0
// Who speaks in a mesh, by the levels of what is played. Reads no clock.

const SPEAKS = 0.02; // Of 1: -34 dBov.
const HANGOVER_MS = 500;

export class VoiceActivity {
  /** @type {Map<string, number>} When each was loud last. */
  #loudMs = new Map();
  /** @type {string[]} */
  speaking = [];
  dominant = '';

  /**
   * True if something has changed.
   * @param {Map<string, number>} levels
   * @param {number} nowMs
   */
  take(levels, nowMs) {
    for (const [participant, level] of levels) if (level >= SPEAKS) this.#loudMs.set(participant, nowMs);
    for (const [participant, loudMs] of this.#loudMs) if (nowMs - loudMs > HANGOVER_MS) this.#loudMs.delete(participant);
    const speaking = [...this.#loudMs.keys()].sort();
    const dominant = this.#loudMs.has(this.dominant) ? this.dominant : this.#loudest(speaking, levels);
    const isNew = dominant !== this.dominant || speaking.join() !== this.speaking.join();
    Object.assign(this, { speaking, dominant });
    return isNew;
  }

  /** @param {string[]} speaking @param {Map<string, number>} levels */
  #loudest(speaking, levels) {
    return speaking.reduce((most, each) => ((levels.get(each) ?? 0) > (levels.get(most) ?? -1) ? each : most), '');
  }
}
