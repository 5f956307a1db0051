// SPDX-License-Identifier: Apache-2.0
// Notices, what the page has to tell a person at once: one of each kind, with advice and with the button that helps.

import { $, copyOf, setText } from './dom.js';

const PROBLEMS_MS = 12000; // A problem that needs nothing from the person goes away by itself.

/** What an error says, and what the library advises, in one text. */
export function wordsOf({ message, advice = '' }) {
  const sentence = /[.!?]$/.test(message) || !message ? message : `${message}.`;
  return message.includes(advice) ? message : `${sentence} ${advice}`;
}

export class Notices {
  #shown = new Map(); // kind -> element

  /** Says it, in place of what was said of that kind. `action`: {label, run}; `lastsMs`: 0 until it is closed or hidden. */
  show(kind, { title, advice = '', action, lastsMs = 0, isUrgent = true }) {
    this.hide(kind);
    const notice = copyOf('notice');
    notice.setAttribute('role', isUrgent ? 'alert' : 'status');
    notice.dataset.kind = kind;
    notice.querySelector('[aria-label]').addEventListener('click', () => this.hide(kind));
    const button = notice.querySelector('[data-acts]');
    button.hidden = !action;
    setText(button, action?.label ?? '');
    button.addEventListener('click', () => {
      this.hide(kind);
      action.run();
    });
    this.#shown.set(kind, notice);
    $('notices').append(notice);
    setText(notice.querySelector('strong'), title); // Now that it is in the document, it is read out.
    setText(notice.querySelector('span'), advice);
    if (lastsMs > 0) setTimeout(() => this.#shown.get(kind) === notice && this.hide(kind), lastsMs);
  }

  /** An error of the library, with its advice, or any other. */
  problem(error) {
    this.show('problem', { title: wordsOf(error), lastsMs: PROBLEMS_MS });
  }

  hide(kind) {
    this.#shown.get(kind)?.remove();
    this.#shown.delete(kind);
  }

  clear() {
    for (const kind of [...this.#shown.keys()]) this.hide(kind);
  }
}
