// SPDX-License-Identifier: Apache-2.0
// Which tab of an origin has the microphone: the one that took it last, or, when that closes, one that waits.

const LOCK = 'veche-microphone';

/** A place among the tabs. The browser's locks decide, so a tab that crashes gives it up, too. */
export class SharedMicrophone {
  has = false;
  #locks;
  #onTaken;
  #onLost;
  /** @type {AbortController | null} Of the present request for the lock; aborted: it is over. */
  #request = null;

  /** @param {{onTaken: () => void, onLost: () => void, locks?: LockManager}} options `onTaken`: also by itself, when another tab has closed. */
  constructor({ onTaken, onLost, locks = navigator.locks }) {
    this.#locks = locks;
    this.#onTaken = onTaken;
    this.#onLost = onLost;
  }

  /** From another tab, if one has it. */
  take() {
    this.#ask({ steal: true });
  }

  /** For good. */
  release() {
    this.#request?.abort();
    this.#request = null;
    this.has = false;
  }

  /** @param {LockOptions} options */
  #ask(options) {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    const { signal } = request;
    const granted = () => {
      if (signal.aborted) return undefined;
      this.has = true;
      this.#onTaken();
      return new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    if (!this.#locks) return void granted(); // Each tab for itself.
    this.#locks.request(LOCK, options.steal ? options : { signal }, granted).catch(() => {
      if (request !== this.#request) return;
      if (!this.has) return void granted(); // This page may use no locks.
      this.has = false;
      this.#ask({}); // It waits for the other tab to close.
      this.#onLost();
    });
  }
}
