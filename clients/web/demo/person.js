// SPDX-License-Identifier: Apache-2.0
// How a person looks wherever the page shows one: name, initials, colour, and what there is to say.

import { silencedBy } from '../src/index.js';
import { nameOf } from './directory.js';
import { setText } from './dom.js';

const SILENCED = { permission: 'May only listen', backend: 'Muted by the host', self: 'Muted' };
const UNREADABLE = { 'missing-key': 'No key to hear this person', 'wrong-key': 'Has another key' };

const initialsOf = (name) => name.split(/\s+/, 2).map((word) => [...word][0]).join('').toUpperCase();
const hueOf = (participant) => [...participant].reduce((hash, letter) => (hash * 137 + 41 * letter.codePointAt(0)) % 360, 7);

/** All that the page says of an entry. `call`: {client, encryption}. */
export function personOf({ client, encryption }, entry) {
  const { participant } = entry;
  const isSelf = participant === client.self?.participant;
  const silenced = isSelf ? client.silencedBy : silencedBy(entry);
  const isPinned = client.pinned.includes(participant);
  const isBlocked = client.blocked.includes(participant);
  const notes = [isSelf && 'You', SILENCED[silenced], isPinned && 'Pinned', isBlocked && 'Silenced by you',
    UNREADABLE[encryption.get(participant)], !entry.connected && 'Connecting…'];
  return { participant, name: nameOf(entry), isSelf, silenced, isPinned, isBlocked, isAway: !entry.connected, note: notes.filter(Boolean).join(' · ') };
}

/** Those that are heard; without a connection nobody knows. */
export const speakingIn = (client) => (client.state === 'connected' ? client.speaking : new Set());

/** The circle with the initials. */
export function fillAvatar(avatar, { participant, name }) {
  setText(avatar, initialsOf(name));
  avatar.style.setProperty('--hue', hueOf(participant));
}

/** A row or a tile: both have a name, a note and a button that lies over everything. */
export function fillPerson(item, person) {
  item.classList.toggle('away', person.isAway);
  item.classList.toggle('pinned', person.isPinned);
  item.classList.toggle('blocked', person.isBlocked);
  item.classList.toggle('silenced', person.silenced !== '');
  fillAvatar(item.querySelector('.avatar'), person);
  setText(item.querySelector('.name'), person.name);
  item.querySelector('.name').title = person.name;
  const note = item.querySelector('.note');
  setText(note, person.note);
  note.id = `${item.parentElement.id}-note-${person.participant}`;
  const button = item.querySelector('.cover');
  button.setAttribute('aria-label', `About ${person.name}`);
  button.setAttribute('aria-describedby', note.id);
}
