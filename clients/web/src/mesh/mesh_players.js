// SPDX-License-Identifier: Apache-2.0
// Players of a mesh: one for each of the others, with that one's volume.

import { Players } from '../media/players.js';

export class MeshPlayers {
  #players = new Players();
  /** @type {string[]} Whom each player plays; '': nobody. */
  played = [];
  /** @type {Map<string, number>} */
  #volumes = new Map();
  /** @type {string[]} */
  #silent = [];

  /** @param {string} participant @param {MediaStreamTrack | null} track null: it has gone. */
  play(participant, track) {
    const free = this.played.indexOf('');
    const [own, next] = [this.played.indexOf(participant), free < 0 ? this.played.length : free];
    if (!track && own < 0) return;
    const index = own < 0 ? next : own;
    this.played[index] = track ? participant : '';
    this.#players.size = this.played.length;
    this.#players.attach(index, track);
    this.#apply();
  }

  /** @param {string} participant @param {number} volume 0..1 */
  setVolume(participant, volume) {
    this.#volumes.set(participant, volume);
    this.#apply();
  }

  /** Whom nobody hears here, whatever their volume; replaces the list. @param {string[]} participants */
  silence(participants) {
    this.#silent = participants;
    this.#apply();
  }

  /** @param {string} deviceId */
  setOutput(deviceId) {
    return this.#players.setOutput(deviceId);
  }

  resume() {
    return this.#players.resume();
  }

  stop() {
    this.#players.stop();
  }

  #apply() {
    this.played.forEach((participant, index) =>
      this.#players.setVolume(index, this.#silent.includes(participant) ? 0 : this.#volumes.get(participant) ?? 1));
  }
}
