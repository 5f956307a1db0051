// SPDX-License-Identifier: Apache-2.0
// Preferences, what a person has set, kept in this browser.

const KEY = 'veche-preferences';
const DEFAULTS = {
  name: '',
  microphone: '', // The device; '' is the system's default.
  output: '',
  processing: true,
  shared: false, // One of the tabs of this page has the microphone.
  pushToTalk: false,
  slots: 4,
  shortcuts: true,
};

/** An event of a preference's name says that it has changed. */
export class Preferences extends EventTarget {
  #values = { ...DEFAULTS };

  constructor() {
    super();
    try {
      Object.assign(this.#values, JSON.parse(localStorage.getItem(KEY)));
    } catch {
      // Nothing is kept here, or not by this page.
    }
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    if (this.#values[name] === value) return;
    this.#values[name] = value;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // It holds until the page is closed.
    }
    this.dispatchEvent(new Event(name));
  }
}
