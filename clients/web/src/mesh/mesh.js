// SPDX-License-Identifier: Apache-2.0
// The connections of one page to all others of its room: they follow the roster.

import { PeerLink } from './peer_link.js';

const AUDIBLE_MS = 300;
/** How long the others of a mesh may be missing in the roster of a backend that has just restarted. */
const ABSENT_MS = 10000;

/** @typedef {import('../protocol/room.js').Entry & {peer: string}} MeshEntry */

/**
 * @typedef {object} MeshOptions
 * @property {string} peer This page.
 * @property {string} participant
 * @property {() => RTCIceServer[]} iceServers
 * @property {import('../call/peer.js').Encryption | null} encryption
 * @property {() => MediaStreamTrack | null} track
 * @property {() => number} random
 * @property {(signal: import('./peer_link.js').Signal & {to: string}) => void} send
 * @property {(participant: string, track: MediaStreamTrack | null) => void} onTrack null: it has gone.
 * @property {() => void} onState
 */

let calls = 0; // Of this page: a connection is never taken for an earlier one.

export class Mesh {
  #options;
  /** @type {Map<string, PeerLink>} By participant. */
  #links = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #absent = new Map();

  /** @param {MeshOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** How many others there are, how many of them are connected, and how many have been. */
  get progress() {
    const links = [...this.#links.values()];
    const connected = links.filter(({ isConnected }) => isConnected).length;
    return { wanted: links.length, connected, lost: links.filter(({ receiver }) => receiver).length - connected };
  }

  /**
   * @param {Map<string, MeshEntry>} roster
   * @param {string[]} [left] Those who have left. Others that are missing may only be unknown to a backend that has just restarted.
   */
  update(roster, left = []) {
    for (const [participant, { peer, connected }] of roster) this.#meet(participant, peer, connected);
    for (const participant of this.#links.keys()) {
      if (left.includes(participant)) this.#part(participant);
      else if (!roster.has(participant) && !this.#absent.has(participant)) {
        this.#absent.set(participant, setTimeout(() => this.#part(participant), ABSENT_MS));
      }
    }
  }

  /** Makes all connections anew; the present ones are played meanwhile. */
  renew() {
    for (const link of this.#links.values()) link.renew();
  }

  /** @param {import('./peer_link.js').Signal & {from: string}} signal */
  receive({ from, ...signal }) {
    for (const link of this.#links.values()) if (link.peer === from) link.receive(signal);
  }

  /** @param {MediaStreamTrack | null} track */
  async setTrack(track) {
    await Promise.all([...this.#links.values()].map((link) => link.setTrack(track)));
  }

  /** Those heard right now and their level. @param {number} nowMs since 1970, of the clock of `performance` */
  levels(nowMs) {
    /** @type {Map<string, number>} */
    const levels = new Map();
    for (const [participant, { receiver }] of this.#links) {
      for (const { timestamp, audioLevel = 0.1 } of receiver?.getSynchronizationSources?.() ?? []) {
        if (nowMs - timestamp < AUDIBLE_MS) levels.set(participant, audioLevel);
      }
    }
    return levels;
  }

  /** All connections in one report, whose ids are those of one connection each. */
  async report() {
    const entries = await Promise.all([...this.#links.values()].map(async (link) =>
      [...(await link.getStats() ?? [])].map(([id, entry]) => [`${link.peer} ${id}`, { ...entry, id: `${link.peer} ${id}` }])));
    return new Map(/** @type {[string, any][]} */ (entries.flat()));
  }

  close() {
    for (const participant of [...this.#links.keys()]) this.#part(participant);
  }

  /** @param {string} participant @param {string} peer @param {boolean} isThere */
  #meet(participant, peer, isThere) {
    clearTimeout(this.#absent.get(participant));
    this.#absent.delete(participant);
    const { onTrack, send, onState, ...options } = this.#options;
    const known = this.#links.get(participant);
    if (participant === options.participant || known?.peer === peer || (!known && !isThere)) return;
    known?.close();
    this.#links.set(participant, new PeerLink({
      ...options, peer,
      offers: options.peer > peer,
      nextCall: () => (calls += 1),
      send: (signal) => send({ to: peer, ...signal }),
      onTrack: (track) => onTrack(participant, track),
      onState,
    }));
  }

  /** @param {string} participant */
  #part(participant) {
    clearTimeout(this.#absent.get(participant));
    this.#absent.delete(participant);
    this.#links.get(participant)?.close();
    this.#links.delete(participant);
    this.#options.onTrack(participant, null);
    this.#options.onState();
  }
}
