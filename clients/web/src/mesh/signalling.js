// SPDX-License-Identifier: Apache-2.0
// The WebSocket of the backend by which pages of a room find each other: opened again whenever it breaks, until the backend ends it.

import { Ladder } from '../protocol/ladder.js';

const OPENING_MS = 5000;
const PING_MS = 10000;
const SILENT_MS = 25000; // Each ping is answered.
/** In a row, before the first that opens: the backend refuses, and another attempt would be refused too. */
const MOST_REFUSED = 3;

/** @typedef {{type: string, data: any}} SignallingMessage */

/**
 * @typedef {object} SignallingOptions
 * @property {string} url
 * @property {() => number} random
 * @property {(message: SignallingMessage) => void} onMessage
 * @property {(reason: string, detail: string) => void} onEnd The backend's word, 'unreachable' where it never let this page in. The last call.
 */

export class Signalling {
  /** This page's own name for itself, which it keeps when the WebSocket breaks. */
  peer;
  #options;
  #ladder;
  /** @type {WebSocket | null} */
  #socket = null;
  #hasOpened = false;
  #refused = 0;
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer; // The next attempt, or the limit of the present one.
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pinger;
  #heardMs = 0;

  /** @param {SignallingOptions} options */
  constructor(options) {
    this.#options = options;
    this.#ladder = new Ladder(options.random);
    this.peer = Array.from({ length: 4 }, () => Math.floor(options.random() * 36 ** 4).toString(36).padStart(4, '0')).join('');
    this.#open();
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Lost if it is not open: what matters is said again after the snapshot. @param {string} type @param {object} [data] */
  send(type, data = {}) {
    if (this.isOpen) this.#socket?.send(JSON.stringify({ type, data }));
  }

  /** The network may be back. */
  hurry() {
    if (!this.#isClosed && !this.#socket) this.#open();
  }

  /** Says good-bye: the others need not wait for this page. */
  close() {
    this.send('leave');
    this.#stop();
  }

  #stop() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pinger);
    this.#socket?.close();
    this.#socket = null;
  }

  #open() {
    clearTimeout(this.#timer);
    const url = new URL(this.#options.url, globalThis.location?.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('peer', this.peer);
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lost(socket), OPENING_MS);
    socket.addEventListener('message', ({ data }) => this.#socket === socket && this.#take(JSON.parse(data)));
    socket.addEventListener('close', () => this.#lost(socket));
  }

  /** @param {SignallingMessage} message */
  #take(message) {
    this.#heardMs = performance.now();
    if (message.type === 'pong') return;
    if (message.type === 'closing') {
      const { reason, detail } = message.data;
      if (reason === 'busy' || reason === 'token_expired') return; // Another attempt, whose refusal says more.
      this.#stop();
      this.#options.onEnd(reason, detail);
      return;
    }
    if (message.type === 'snapshot') {
      clearTimeout(this.#timer);
      this.#hasOpened = true;
      this.#refused = 0;
      this.#ladder.reset();
      this.#ping();
    }
    this.#options.onMessage(message);
  }

  #ping() {
    clearTimeout(this.#pinger);
    this.#pinger = setTimeout(() => {
      if (performance.now() - this.#heardMs > SILENT_MS && this.#socket) return this.#lost(this.#socket);
      this.send('ping');
      this.#ping();
    }, PING_MS);
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    socket.close();
    clearTimeout(this.#timer);
    clearTimeout(this.#pinger);
    this.#refused += 1;
    if (!this.#hasOpened && this.#refused >= MOST_REFUSED) {
      this.#isClosed = true;
      this.#options.onEnd('unreachable', '');
      return;
    }
    const { retryMs } = this.#ladder.next({ isShared: this.#hasOpened });
    this.#timer = setTimeout(() => this.#open(), retryMs);
  }
}
