// SPDX-License-Identifier: Apache-2.0
// JoinForm, the first page: a name, a room, and what went wrong the last time.

import { $, setText } from './dom.js';
import { wordsOf } from './notices.js';

export class JoinForm {
  #join;
  #preferences;

  /** `join({name, room, passphrase, listenOnly})` shows this form again if that fails. */
  constructor({ invitations, preferences, join }) {
    [this.#preferences, this.#join] = [preferences, join];
    $('name').value = invitations.name ?? preferences.get('name');
    $('room').value = invitations.room ?? 'lobby';
    $('room').readOnly = invitations.token !== null;
    $('join-form').addEventListener('submit', (event) => this.#submit(event));
    this.#enable(true); // Until now nobody would have listened.
  }

  /** The call is over, because of `error`. */
  show(error) {
    $('join').hidden = false;
    setText($('join-problem'), wordsOf(error));
    this.#focus();
  }

  hide() {
    $('join').hidden = true;
  }

  async #submit(event) {
    event.preventDefault();
    const listenOnly = event.submitter?.value === 'listen';
    const [name, room] = [$('name').value.trim(), $('room').value.trim()];
    this.#enable(false);
    setText($('join-problem'), '');
    this.#preferences.set('name', name);
    await this.#join({ name, room, listenOnly, passphrase: $('passphrase').value });
    this.#enable(true);
    if (!$('join').hidden) this.#focus(event.submitter);
  }

  #enable(isOn) {
    for (const button of $('join-form').querySelectorAll('button')) button.disabled = !isOn;
  }

  #focus(button = $('join-form').querySelector('.primary')) {
    button.focus();
  }
}
