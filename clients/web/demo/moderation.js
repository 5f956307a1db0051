// SPDX-License-Identifier: Apache-2.0
// Moderation, what an API key can do in a room: mute, remove, lock.

import { request } from './requests.js';

const JSON_BODY = { 'Content-Type': 'application/json' };
/** A room that takes at most one participant takes nobody else; those who are in it stay, and rejoin. */
const LOCKED_AT = 1;

export class Moderation {
  #room;
  #key;
  #before = null; // The room's limit before this page locked it; null: the server's default.

  constructor({ server = '', room, key }) {
    this.#room = `${server}/v1/rooms/${encodeURIComponent(room)}`;
    this.#key = key;
  }

  /** The backend's mute, which the participant cannot clear. */
  mute(participant, muted) {
    return this.#send('PATCH', `/participants/${encodeURIComponent(participant)}`, { muted });
  }

  /** `reason` reaches the person. Its tokens are worthless from then on. */
  remove(participant, reason) {
    const query = reason ? `?${new URLSearchParams({ reason })}` : '';
    return this.#send('DELETE', `/participants/${encodeURIComponent(participant)}${query}`);
  }

  muteAll(muted, except) {
    return this.#send('POST', '/moderate', { action: muted ? 'mute' : 'unmute', except });
  }

  async isLocked() {
    return (await this.#limit()) === LOCKED_AT;
  }

  async lock(locked) {
    const limit = await this.#limit();
    if (locked === (limit === LOCKED_AT)) return;
    await this.#send('PATCH', '', { max_participants: locked ? LOCKED_AT : this.#before });
    this.#before = locked ? limit : null;
  }

  async #limit() {
    const { body } = await request(this.#room, {}, this.#key);
    return JSON.parse(body).max_participants;
  }

  #send(method, path, body) {
    return request(`${this.#room}${path}`, { method, ...(body && { headers: JSON_BODY, body: JSON.stringify(body) }) }, this.#key);
  }
}
