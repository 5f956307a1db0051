// SPDX-License-Identifier: Apache-2.0
// Timers and performance.now() of a clock that a test moves. What the code under test awaits in between goes on by itself.

import { setImmediate } from 'node:timers/promises';

const TURNS = 20; // Of the real event loop, for chains of promises.

export class VirtualTime {
  #nowMs = 0;
  #timers = new Map(); // id -> {atMs, task}
  #lastId = 0;

  /** Replaces the global timers until the test `t` ends. */
  constructor(t) {
    const replaced = {
      setTimeout: (task, delayMs = 0) => {
        this.#lastId += 1;
        this.#timers.set(this.#lastId, { atMs: this.#nowMs + Math.max(0, delayMs), task });
        return this.#lastId;
      },
      clearTimeout: (id) => this.#timers.delete(id),
      performance: { now: () => this.#nowMs, timeOrigin: 0 },
    };
    for (const [name, value] of Object.entries(replaced)) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      t.after(() => Object.defineProperty(globalThis, name, before));
    }
  }

  get nowMs() {
    return this.#nowMs;
  }

  /** Lets everything run that waits for no timer. */
  async settle() {
    for (let i = 0; i < TURNS; i += 1) await setImmediate();
  }

  async advance(ms) {
    const endMs = this.#nowMs + ms;
    await this.settle();
    for (;;) {
      const due = [...this.#timers].filter(([, { atMs }]) => atMs <= endMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (!due) break;
      const [id, { atMs, task }] = due;
      this.#timers.delete(id);
      this.#nowMs = atMs;
      task();
      await this.settle();
    }
    this.#nowMs = endMs;
  }
}
