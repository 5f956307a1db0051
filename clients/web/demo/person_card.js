// SPDX-License-Identifier: Apache-2.0
// PersonCard, the dialog about one person: how this page hears it, and, for a moderator, what the room hears of it.

import { $, setText } from './dom.js';
import { fillAvatar, personOf } from './person.js';

/** Full volume where nothing else was set. */
const FULL = 1;

export class PersonCard {
  #call = null;
  #participant = null;
  #roster; // Knows also those whom the client does not see.

  constructor({ roster }) {
    this.#roster = roster;
    roster.addEventListener('change', () => this.#show());
    $('card-volume').addEventListener('input', () => this.#setVolume($('card-volume').value / 100));
    $('card-pin').addEventListener('click', () => this.#toggle('pin'));
    $('card-block').addEventListener('click', () => this.#toggle('block'));
    $('card-mute').addEventListener('click', () => this.#moderate((moderation) => moderation.mute(this.#participant, !this.#entry.muted_by_backend)));
    $('card-remove').addEventListener('click', () => this.#showRemoval($('card-removal').hidden));
    $('card-removal').addEventListener('submit', (event) => this.#remove(event));
    $('card').addEventListener('close', () => (this.#participant = null));
  }

  begin(call, signal) {
    this.#call = call;
    for (const type of ['roster', 'encryption']) call.client.addEventListener(type, () => this.#show(), { signal });
    signal.addEventListener('abort', () => {
      $('card').close();
      this.#call = null;
    });
  }

  open(participant) {
    if (!this.#roster.entry(participant)) return; // The person has just left.
    this.#participant = participant;
    this.#showRemoval(false);
    $('card-reason').value = '';
    setText($('card-problem'), '');
    this.#show();
    $('card').showModal();
  }

  get #entry() {
    return this.#roster.entry(this.#participant);
  }

  #show() {
    if (this.#participant === null) return;
    const entry = this.#entry;
    if (!entry) return $('card').close(); // The person left.
    const person = personOf(this.#call, entry);
    fillAvatar($('card-avatar'), person);
    setText($('card-name'), person.name);
    setText($('card-note'), person.note);
    $('card-listening').hidden = person.isSelf;
    this.#showToggle('pin', person.isPinned, `Always hear ${person.name}`);
    this.#showToggle('block', person.isBlocked, `Never hear ${person.name}`);
    this.#showVolume();
    $('card-moderation').hidden = !this.#call.moderation;
    setText($('card-mute').querySelector('span'), entry.muted_by_backend ? `Let ${person.name} speak` : `Mute ${person.name} for everybody`);
    $('card-mute').querySelector('use').setAttribute('href', entry.muted_by_backend ? '#icon-microphone' : '#icon-muted');
    $('card-remove').hidden = person.isSelf;
  }

  #showToggle(command, isOn, label) {
    const button = $(`card-${command}`);
    button.setAttribute('aria-pressed', isOn);
    setText(button.querySelector('span'), label);
  }

  #showVolume() {
    const percent = Math.round(100 * (this.#call.volumes.get(this.#participant) ?? FULL));
    if (document.activeElement !== $('card-volume')) $('card-volume').value = percent;
    setText($('card-volume-text'), `${percent} %`);
  }

  #setVolume(volume) {
    this.#call.setVolume(this.#participant, volume);
    this.#showVolume();
  }

  #toggle(command) {
    const { client } = this.#call;
    const list = command === 'pin' ? client.pinned : client.blocked;
    const others = list.filter((other) => other !== this.#participant);
    client[command](others.length === list.length ? [...list, this.#participant] : others);
  }

  #showRemoval(isShown) {
    $('card-removal').hidden = !isShown;
    $('card-remove').setAttribute('aria-expanded', isShown);
    if (isShown) $('card-reason').focus();
  }

  async #remove(event) {
    event.preventDefault();
    await this.#moderate((moderation) => moderation.remove(this.#participant, $('card-reason').value.trim()));
  }

  async #moderate(action) {
    setText($('card-problem'), '');
    try {
      await action(this.#call.moderation);
      await this.#roster.refresh();
    } catch (problem) {
      setText($('card-problem'), problem.message);
    }
  }
}
