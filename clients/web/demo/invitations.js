// SPDX-License-Identifier: Apache-2.0
// How this page gets into a room: with the link's token, with a backend's invitation, or with a key. And what that key permits.

import { request } from './requests.js';

/**
 * DEVELOPMENT ONLY: the key of examples/config/dev.json, which the server accepts on loopback alone. Elsewhere a backend
 * invites people and hands them #room=...&participant=...&token=... (README.md).
 */
const DEVELOPMENT_KEY = 'dev.devsecret';
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export class Invitations {
  #link = new URLSearchParams(location.hash.slice(1));
  /** Where a backend that serves this page gives out invitations: a path with `{room}`. Empty: the link or the key has to do. */
  #path = document.querySelector('meta[name="veche-invitations"]').content;

  get name() {
    return this.#link.get('name');
  }

  get room() {
    return this.#link.get('room');
  }

  /** Of a link that is for one room. */
  get token() {
    return this.#link.get('token');
  }

  /** An API key, with which the page may also moderate; null: it has none. */
  get key() {
    if (this.#path || this.token) return null;
    return this.#link.get('key') ?? (LOOPBACK.includes(location.hostname) ? DEVELOPMENT_KEY : null);
  }

  /** A new invitation for `participant`: from the backend, which knows the person, or with the link's or the development key. */
  async invite(room, participant, name) {
    const post = async (url, what, key) => {
      const headers = { 'Content-Type': 'application/json' };
      return JSON.parse((await request(url, { method: 'POST', headers, body: JSON.stringify(what) }, key)).body);
    };
    if (this.#path) return post(this.#path.replace('{room}', encodeURIComponent(room)), { transports: ['sfu', 'mesh'] });
    if (!this.key) throw new Error('To join this room you need an invitation link.');
    return post(`/v1/rooms/${encodeURIComponent(room)}/participants`, { id: participant, name }, this.key);
  }

  /** A reloaded page is the same participant; a new or duplicated tab is another one. */
  participantFor(room, name) {
    if (this.#link.has('participant')) return this.#link.get('participant');
    const stored = JSON.parse(sessionStorage.getItem('veche') ?? 'null');
    const [navigation] = performance.getEntriesByType('navigation');
    if (stored?.room === room && stored.name === name && navigation?.type === 'reload') return stored.participant;
    const base = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40);
    const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0'));
    const participant = `${base || 'guest'}-${random.join('')}`;
    sessionStorage.setItem('veche', JSON.stringify({ room, name, participant }));
    return participant;
  }
}
