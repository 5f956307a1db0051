// SPDX-License-Identifier: Apache-2.0
// What a client knows of its room: the server's messages go in, the present state comes out.

/** @typedef {{publish: string[], subscribe: boolean}} Permissions */

/**
 * A participant as the others see it.
 * @typedef {object} Entry
 * @property {string} participant
 * @property {string} name
 * @property {Record<string, any>} metadata
 * @property {Record<string, string>} attributes
 * @property {number} source_number
 * @property {boolean} connected
 * @property {boolean} encrypted
 * @property {boolean} muted
 * @property {boolean} muted_by_backend
 * @property {boolean} muted_by_self
 * @property {Permissions} permissions
 */

/** @typedef {{quality: string, reason: string}} Network */
/** @typedef {'roster' | 'slots' | 'speakers' | 'network' | 'notices'} Change */

/** @type {Network} */
const UNKNOWN_NETWORK = { quality: 'unknown', reason: '' };

/**
 * Why others cannot hear a participant of the roster: 'permission', 'backend' or 'self'; '' if they can.
 * @param {Pick<Entry, 'permissions' | 'muted_by_backend' | 'muted_by_self'>} entry
 * @returns {'' | 'permission' | 'backend' | 'self'}
 */
export function silencedBy({ permissions, muted_by_backend, muted_by_self }) {
  if (!permissions.publish.includes('audio')) return 'permission';
  if (muted_by_backend) return 'backend';
  return muted_by_self ? 'self' : '';
}

export class RoomState {
  /** @type {Entry | null} */
  self = null;
  /** @type {Map<string, Entry>} By participant: those that this client sees. */
  roster = new Map();
  participants = 0; // In the room, seen or not.
  /** @type {Map<string, string>} mid -> participant */
  slots = new Map();
  /** @type {Set<string>} */
  speaking = new Set();
  dominant = '';
  network = UNKNOWN_NETWORK; // Of this client.
  /** @type {Map<string, any>} plugin -> an object */
  notices = new Map();

  /**
   * Takes a message; returns what may have changed.
   * @param {{type: string, data?: any}} message
   * @returns {Change[]}
   */
  take({ type, data }) {
    switch (type) {
      case 'snapshot':
        this.#takeSnapshot(data);
        return ['roster', 'slots', 'speakers', 'network', 'notices'];
      case 'resumed':
        this.self = data.self;
        return ['roster'];
      case 'roster':
        this.#takeRoster(data);
        return ['roster'];
      case 'slots':
        for (const slot of data) this.slots.set(slot.mid, slot.participant);
        return ['slots'];
      case 'speakers':
        this.#takeSpeakers(data);
        return ['speakers'];
      case 'quality':
        this.network = data;
        return ['network'];
      case 'notice':
        this.#takeNotices(data);
        return ['notices'];
      default:
        return [];
    }
  }

  /** The call has ended. */
  clear() {
    this.roster.clear();
    this.participants = 0;
    this.speaking.clear();
    this.network = UNKNOWN_NETWORK;
    this.notices.clear();
  }

  /** @param {any} data */
  #takeSnapshot({ self, roster, participants = roster.length, slots, speaking, dominant, pinned, blocked, ...notices }) {
    Object.assign(this, { self, participants });
    this.roster = new Map(roster.map((/** @type {Entry} */ entry) => [entry.participant, entry]));
    this.slots = new Map(slots.map((/** @type {{mid: string, participant: string}} */ slot) => [slot.mid, slot.participant]));
    this.network = UNKNOWN_NETWORK; // Until a message says it.
    this.notices = new Map(Object.entries(notices));
    this.#takeSpeakers({ speaking, dominant });
  }

  /** @param {{joined?: Entry[], changed?: Entry[], left?: string[], hidden?: string[], participants?: number}} data */
  #takeRoster({ joined = [], changed = [], left = [], hidden = [], participants }) {
    for (const entry of [...joined, ...changed]) this.roster.set(entry.participant, entry);
    for (const participant of [...left, ...hidden]) this.roster.delete(participant);
    this.participants = participants ?? this.roster.size;
    this.self = this.roster.get(this.self?.participant ?? '') ?? this.self;
  }

  /** @param {{speaking: string[], dominant: string}} data */
  #takeSpeakers({ speaking, dominant }) {
    this.speaking = new Set(speaking);
    this.dominant = dominant;
  }

  /** @param {Record<string, any>} changed */
  #takeNotices(changed) {
    for (const [plugin, notice] of Object.entries(changed)) {
      if (notice === null) this.notices.delete(plugin);
      else this.notices.set(plugin, notice);
    }
  }
}
