// SPDX-License-Identifier: Apache-2.0
// One direction of a network path, in virtual time: it loses packets, queues them before a rate, and delays them.

import { lossModel, random } from './loss_models.mjs';

const FREE = { loss: {}, rateBps: Infinity, queueMs: Infinity, queueBytes: Infinity, delayMs: 0, jitterMs: 0, seed: 1 };

export class Link {
  /** Why packets did not arrive. */
  lost = 0;
  overflowed = 0;
  /** `{atMs, queuedMs}` of each packet that passed the rate: when, and how long after it was sent. */
  passed = [];
  #conditions = FREE;
  #loses = lossModel();
  #jitter = random(FREE.seed);
  #queue = []; // {packet, bits, sentMs}, the first of which is being sent.
  #idleMs = -Infinity; // When the rate was last free.
  #flying = []; // {packet, atMs}
  #lastMs = -Infinity;

  /**
   * From now on: `loss` as in loss_models.mjs; `rateBps`, with a queue of `queueMs` or `queueBytes` that drops what comes last;
   * `delayMs`, and up to `jitterMs` more, which changes no order. What is not named is without limit. Packets that wait go on at the new rate.
   */
  shape(nowMs, conditions = {}) {
    this.#advance(nowMs);
    const [first] = this.#queue;
    if (first) {
      const startMs = Math.max(this.#idleMs, first.sentMs);
      first.bits -= ((nowMs - startMs) * this.#conditions.rateBps) / 1000;
      this.#idleMs = nowMs;
    }
    this.#conditions = { ...FREE, ...conditions };
    this.#loses = lossModel(this.#conditions.loss, this.#conditions.seed, nowMs);
    this.#jitter = random(this.#conditions.seed);
  }

  send(nowMs, packet, bytes) {
    this.#advance(nowMs);
    if (this.#loses(nowMs)) {
      this.lost += 1;
      return false;
    }
    const bits = 8 * bytes;
    if (this.#queuedBits(nowMs) + bits > this.#roomBits()) {
      this.overflowed += 1;
      return false;
    }
    this.#queue.push({ packet, bits, sentMs: nowMs });
    return true;
  }

  /** The packets that have arrived since the last call, in order. */
  arrived(nowMs) {
    this.#advance(nowMs);
    const count = this.#flying.findIndex(({ atMs }) => atMs > nowMs);
    return this.#flying.splice(0, count < 0 ? this.#flying.length : count).map(({ packet }) => packet);
  }

  /** When the next packet arrives, or begins its flight; Infinity: none is on the way. */
  nextMs() {
    return Math.min(this.#flying[0]?.atMs ?? Infinity, this.#queue.length > 0 ? this.#passesMs(this.#queue[0]) : Infinity);
  }

  #roomBits() {
    const { rateBps, queueMs, queueBytes } = this.#conditions;
    return Math.min(rateBps === Infinity || queueMs === Infinity ? Infinity : (rateBps * queueMs) / 1000, 8 * queueBytes);
  }

  #queuedBits(nowMs) {
    if (this.#queue.length === 0) return 0;
    const [{ sentMs }] = this.#queue;
    const sentBits = ((nowMs - Math.max(this.#idleMs, sentMs)) * this.#conditions.rateBps) / 1000;
    return this.#queue.reduce((sum, { bits }) => sum + bits, 0) - sentBits;
  }

  #passesMs({ bits, sentMs }) {
    return Math.max(this.#idleMs, sentMs) + (1000 * bits) / this.#conditions.rateBps;
  }

  #advance(nowMs) {
    const { delayMs, jitterMs } = this.#conditions;
    while (this.#queue.length > 0) {
      const passedMs = this.#passesMs(this.#queue[0]);
      if (passedMs > nowMs) return;
      const { packet, sentMs } = this.#queue.shift();
      this.#idleMs = passedMs;
      this.passed.push({ atMs: passedMs, queuedMs: passedMs - sentMs });
      this.#lastMs = Math.max(this.#lastMs, passedMs + delayMs + jitterMs * this.#jitter());
      this.#flying.push({ packet, atMs: this.#lastMs });
    }
  }
}
