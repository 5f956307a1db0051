// SPDX-License-Identifier: Apache-2.0
// Shortcuts, what keys do during a call. Those of one character can be switched off; all of them are listed in the settings.

import { $ } from './dom.js';

const TYPED = 'input, select, textarea, dialog';

export class Shortcuts {
  #call = null;
  #talk;
  #isHeld = false;
  #keys = [
    { key: 'm', words: 'Mute or unmute', run: () => this.#talk.toggle() },
    { key: '/', words: 'Find people', run: () => $('search').focus() },
    { key: 's', words: 'Statistics', run: () => $('show-statistics').click() },
    { key: ',', words: 'Settings', run: () => this.#openSettings() },
    { key: '?', words: 'This list', run: () => this.#openSettings() },
  ];
  #openSettings;

  constructor({ talk, openSettings }) {
    this.#talk = talk;
    this.#openSettings = openSettings;
    this.#list();
    document.addEventListener('keydown', (event) => this.#down(event));
    document.addEventListener('keyup', (event) => this.#up(event));
  }

  begin(call, signal) {
    this.#call = call;
    signal.addEventListener('abort', () => (this.#call = null));
  }

  #list() {
    const rows = [{ key: 'Space', words: 'Mute or unmute; with push to talk: talk while it is held' }, ...this.#keys];
    for (const { key, words } of rows) {
      const term = document.createElement('dt');
      term.append(Object.assign(document.createElement('kbd'), { textContent: key }));
      $('shortcut-list').append(term, Object.assign(document.createElement('dd'), { textContent: words }));
    }
  }

  #down(event) {
    if (!this.#call || event.ctrlKey || event.altKey || event.metaKey || event.target.closest(TYPED)) return;
    if (event.code === 'Space') this.#spaceDown(event);
    else if (!event.repeat && this.#call.preferences.get('shortcuts')) this.#character(event);
  }

  /** A button with the focus does its own thing; the talk button's is the same, but for push to talk. */
  #spaceDown(event) {
    const button = event.target.closest('button');
    if (button && (button !== $('mute') || !this.#call.client.pushToTalk)) return;
    event.preventDefault();
    if (!event.repeat) this.#isHeld = this.#talk.press(true);
  }

  #up(event) {
    if (event.code !== 'Space' || !this.#isHeld) return;
    this.#isHeld = false;
    event.preventDefault();
    this.#talk.press(false);
  }

  #character(event) {
    const found = this.#keys.find(({ key }) => key === event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    found.run();
  }
}
