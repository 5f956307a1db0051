// SPDX-License-Identifier: Apache-2.0
// What a page sees of the room that a client is in, and when it opens the microphone.

import { silencedBy } from './protocol/room.js';
import { TypedEvents } from './protocol/typed_events.js';

/**
 * @template Details
 * @extends {TypedEvents<Details>}
 */
export class RoomView extends TypedEvents {
  #room;
  #preferences;
  #pushToTalk = false;
  #isTalking = false;

  /** @internal @param {import('./protocol/room.js').RoomState} room @param {import('./protocol/preferences.js').Preferences} preferences */
  constructor(room, preferences) {
    super();
    this.#room = room;
    this.#preferences = preferences;
  }

  /** This participant's entry; null before the first snapshot. */
  get self() {
    return this.#room.self;
  }

  /** By participant: in a large room a part of them. */
  get roster() {
    return this.#room.roster;
  }

  /** How many are in the room; `search` finds those whom `roster` does not show. */
  get participants() {
    return this.#room.participants;
  }

  /** mid -> participant */
  get slots() {
    return this.#room.slots;
  }

  get speaking() {
    return this.#room.speaking;
  }

  get dominant() {
    return this.#room.dominant;
  }

  get pinned() {
    return this.#preferences.pinned;
  }

  get blocked() {
    return this.#preferences.blocked;
  }

  /** How this client's network is, `{quality, reason}`: `good`, `fair`, `poor`, or `unknown`; the reason is the server's word, '' if nothing is held back. */
  get network() {
    return this.#room.network;
  }

  /** plugin -> an object: recording -> {active, ...} */
  get notices() {
    return this.#room.notices;
  }

  /** By this participant itself; the backend may have muted it too: see silencedBy. */
  get muted() {
    return this.#preferences.muted;
  }

  /** Why the others cannot hear this participant: 'permission', 'backend' or 'self'; '' if they can. */
  get silencedBy() {
    return this.self ? silencedBy({ ...this.self, muted_by_self: this.muted }) : this.muted ? 'self' : '';
  }

  /** While it is on, the microphone is open only while `setTalking(true)` holds. Others do not see it as a mute. */
  get pushToTalk() {
    return this.#pushToTalk;
  }

  set pushToTalk(isOn) {
    this.#pushToTalk = isOn;
    this.applyTalk(false);
  }

  /** @internal What `setTalking` said last. */
  get isTalking() {
    return this.#isTalking;
  }

  /** @param {boolean} isTalking */
  setTalking(isTalking) {
    const begins = isTalking && !this.#isTalking;
    this.#isTalking = isTalking;
    this.applyTalk(begins);
  }

  /** @internal Whether the microphone's owner wants it to be heard, and may. */
  get isOpen() {
    return !this.silencedBy && (!this.#pushToTalk || this.#isTalking);
  }

  /** @internal What push-to-talk says is new. @param {boolean} _begins to talk */
  applyTalk(_begins) {}
}
