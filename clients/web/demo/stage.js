// SPDX-License-Identifier: Apache-2.0
// Stage, the people who spoke last, each at a place of its own; in a small room everybody.

import { nameOf } from './directory.js';
import { $, copyOf, setText } from './dom.js';
import { fillPerson, personOf, speakingIn } from './person.js';
import { SpeakerOrder } from './speaker_order.js';

const CHECK_MS = 1000; // For those that wait until another one has been silent for a while.
const PLACES = { narrow: 4, wide: 8 };
const WIDE = matchMedia('(min-width: 48rem)');

export class Stage {
  #order = new SpeakerOrder();
  #tiles = new Map(); // participant -> list item
  #call = null;
  #open;

  /** `open(participant)` is called when a tile is chosen. */
  constructor({ open }) {
    this.#open = open;
  }

  begin(call, signal) {
    this.#call = call;
    const show = () => this.#show();
    for (const type of ['roster', 'speakers', 'state', 'encryption']) call.client.addEventListener(type, show, { signal });
    WIDE.addEventListener('change', show, { signal });
    const timer = setInterval(show, CHECK_MS);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      this.#order.clear();
      for (const [participant] of this.#tiles) this.#remove(participant);
      this.#call = null;
    });
  }

  /** participant -> tile */
  get tiles() {
    return this.#tiles;
  }

  #show() {
    const { client } = this.#call;
    const speaking = speakingIn(client);
    const isHeld = $('stage').matches(':hover, :focus-within');
    const places = this.#order.update({
      people: [...client.roster.keys()], speaking, size: WIDE.matches ? PLACES.wide : PLACES.narrow, isHeld, nowMs: performance.now() });
    const shown = places.filter((participant) => participant !== null);
    for (const [participant] of this.#tiles) if (!shown.includes(participant)) this.#remove(participant);
    for (const gap of $('stage').querySelectorAll('.gap')) gap.remove();
    places.forEach((participant, index) => (participant === null ? this.#leaveEmpty(index) : this.#place(participant, index)));
    const names = [...speaking].map((participant) => nameOf(client.roster.get(participant) ?? { participant }));
    setText($('speaking'), names.length ? `Speaking: ${names.join(', ')}` : '');
    $('alone').hidden = client.participants !== 1;
  }

  #place(participant, index) {
    const { client } = this.#call;
    let tile = this.#tiles.get(participant);
    if (!tile) {
      tile = copyOf('speaker-tile');
      tile.dataset.participant = participant;
      tile.querySelector('.cover').addEventListener('click', () => this.#open(participant));
      this.#tiles.set(participant, tile);
      $('stage').append(tile);
    }
    tile.style.order = index; // Moving it in the document would take its focus away.
    fillPerson(tile, personOf(this.#call, client.roster.get(participant)));
    tile.classList.toggle('dominant', participant === client.dominant && speaking.size > 0);
  }

  /** So that the others stay where they are. */
  #leaveEmpty(index) {
    const gap = Object.assign(document.createElement('li'), { className: 'gap', ariaHidden: 'true' });
    gap.style.order = index;
    $('stage').append(gap);
  }

  #remove(participant) {
    const tile = this.#tiles.get(participant);
    const hadFocus = tile.contains(document.activeElement);
    tile.remove();
    this.#tiles.delete(participant);
    if (hadFocus) $('mute').focus();
  }
}
