// SPDX-License-Identifier: Apache-2.0
// The WebSocket of a session: messages, commands, and going on after it was cut.

import { Problem, within } from './api.js';

const OPENING_MS = 10000;
const COMMAND_MS = 10000;
/** Pauses before attempts to open it again, while media goes on: a proxy that restarts cuts WebSockets alone. Beyond them it is lost. */
const REOPEN_MS = [250, 1000, 2000];

/** Opened once, and again when it is cut; the server then tells what has changed meanwhile. */
export class Events {
  #url;
  #token;
  #socket;
  #stream = ''; // Of the server's messages; '' before the first.
  #seq = 0; // Of the last one.
  #cuts = 0; // Since the last message.
  #reopening;
  #closed = false;
  #pending = new Map(); // id of a command -> {resolve, reject}
  #lastId = 0;

  /** `onMessage` gets what is no answer to a command; `onLost` is the last call. */
  constructor({ url, token, onMessage, onLost }) {
    this.#url = url;
    this.#token = token;
    Object.assign(this, { onMessage, onLost });
    this.#socket = this.#open();
  }

  /** From now on with another token: the old one will not outlive its WebSocket. */
  renew(token) {
    this.#token = token;
    const next = this.#open({ resume: false }); // The present one goes on meanwhile, and a stream has one reader.
    next.addEventListener('open', () => {
      if (this.#closed) return next.close();
      clearTimeout(this.#reopening);
      const former = this.#socket;
      this.#socket = next;
      former.close();
    });
  }

  /** Sends a command; settles with the server's answer to it. */
  command(type, data) {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Problem({ title: 'Not connected' }));
    const id = (this.#lastId += 1);
    this.#socket.send(JSON.stringify({ id, type, data }));
    const answered = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    return within(COMMAND_MS, answered, 'The server does not answer').finally(() => this.#pending.delete(id));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#reopening);
    this.#socket.close();
    this.#rejectCommands();
  }

  #open({ resume = true } = {}) {
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('access_token', this.#token);
    if (resume && this.#stream) url.searchParams.set('resume', `${this.#stream}:${this.#seq}`);
    const socket = new WebSocket(url, ['veche.v1']);
    const late = setTimeout(() => socket.close(), OPENING_MS); // The event `close` follows.
    socket.addEventListener('open', () => clearTimeout(late));
    socket.addEventListener('close', () => {
      clearTimeout(late);
      if (socket === this.#socket && !this.#closed) this.#reopen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket && !this.#closed) this.#take(JSON.parse(data));
    });
    return socket;
  }

  #reopen() {
    this.#rejectCommands();
    const pauseMs = this.#stream ? REOPEN_MS[this.#cuts] : undefined;
    if (pauseMs === undefined) {
      this.close();
      return this.onLost();
    }
    this.#cuts += 1;
    this.#reopening = setTimeout(() => (this.#socket = this.#open()), pauseMs * (0.75 + Math.random() / 2));
  }

  #take(message) {
    if (message.stream) this.#stream = message.stream;
    this.#seq = message.seq ?? 0;
    this.#cuts = 0;
    const waiting = this.#pending.get(message.id);
    if (message.type === 'ok') waiting?.resolve();
    else if (message.type === 'problem') waiting?.reject(new Problem(message.data));
    else this.onMessage(message);
  }

  #rejectCommands() {
    for (const { reject } of this.#pending.values()) reject(new Problem({ title: 'Not connected' }));
  }
}
