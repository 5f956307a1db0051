// SPDX-License-Identifier: Apache-2.0
// What a client knows of its room: the server's messages go in, the present state comes out.

export class RoomState {
  self = null;
  roster = new Map(); // participant -> its entry: of those that this client sees
  participants = 0; // In the room, seen or not.
  slots = new Map(); // mid -> participant
  speaking = new Set();
  dominant = '';
  pinned = [];
  blocked = [];
  notices = new Map(); // plugin -> an object

  /** Takes a message; returns what may have changed: some of 'roster', 'slots', 'speakers', 'notices'. */
  take({ type, data }) {
    switch (type) {
      case 'snapshot':
        this.#takeSnapshot(data);
        return ['roster', 'slots', 'speakers', 'notices'];
      case 'resumed':
        Object.assign(this, { self: data.self, pinned: data.pinned, blocked: data.blocked });
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
    this.notices.clear();
  }

  #takeSnapshot({ self, roster, participants = roster.length, slots, speaking, dominant, pinned, blocked, ...notices }) {
    Object.assign(this, { self, participants, pinned, blocked });
    this.roster = new Map(roster.map((entry) => [entry.participant, entry]));
    this.slots = new Map(slots.map((slot) => [slot.mid, slot.participant]));
    this.notices = new Map(Object.entries(notices));
    this.#takeSpeakers({ speaking, dominant });
  }

  #takeRoster({ joined = [], changed = [], left = [], hidden = [], participants }) {
    for (const entry of [...joined, ...changed]) this.roster.set(entry.participant, entry);
    for (const participant of [...left, ...hidden]) this.roster.delete(participant);
    this.participants = participants ?? this.roster.size;
    this.self = this.roster.get(this.self?.participant) ?? this.self;
  }

  #takeSpeakers({ speaking, dominant }) {
    this.speaking = new Set(speaking);
    this.dominant = dominant;
  }

  #takeNotices(changed) {
    for (const [plugin, notice] of Object.entries(changed)) {
      if (notice === null) this.notices.delete(plugin);
      else this.notices.set(plugin, notice);
    }
  }
}
