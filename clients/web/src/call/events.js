// SPDX-License-Identifier: Apache-2.0
// The WebSocket of a session: messages, commands, and going on after it was cut.

import { Problem } from '../protocol/voice_error.js';
import { within } from './api.js';

const OPENING_MS = 10000;
const COMMAND_MS = 10000;
/** Pauses before attempts to open it again, while media goes on: a proxy that restarts cuts WebSockets alone. Beyond them it is lost. */
const REOPEN_MS = [250, 1000];

/** What a command meets that was not sent, or whose answer cannot come any more. The state of the room is compared when there is a connection again. */
export const NOT_CONNECTED = 'not-connected';

/** @typedef {{type: string, seq?: number, stream?: string, id?: number, data?: any}} Message */

/** Opened once, and again when it is cut; the server then tells what has changed meanwhile. */
export class Events {
  #url;
  #token;
  #onMessage;
  #onLost;
  #random;
  /** @type {WebSocket} */
  #socket;
  #stream = ''; // Of the server's messages; '' before the first.
  #seq = 0; // Of the last one.
  #cuts = 0; // Since the last message.
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reopening;
  #isClosed = false;
  #isLost = false; // Until `resume`.
  /** @type {Map<number | undefined, {resolve: () => void, reject: (problem: Problem) => void}>} */
  #pending = new Map(); // By the id of the command.
  #lastId = 0;

  /**
   * `onMessage` gets what is no answer to a command; after `onLost` there are no attempts until `resume`.
   * @param {{url: string, token: string, onMessage: (message: Message) => void, onLost: () => void, random?: () => number}} options
   */
  constructor({ url, token, onMessage, onLost, random = Math.random }) {
    this.#url = url;
    this.#token = token;
    this.#onMessage = onMessage;
    this.#onLost = onLost;
    this.#random = random;
    this.#socket = this.#open();
  }

  /**
   * From now on with another token: the old one will not outlive its WebSocket.
   * @param {string} token
   */
  renew(token) {
    this.#token = token;
    const next = this.#open({ resumes: false }); // The present one goes on meanwhile, and a stream has one reader.
    next.addEventListener('open', () => {
      if (this.#isClosed) return next.close();
      this.#replaceBy(next);
    });
  }

  /**
   * Opens it again at once: the network has changed, and a connection that looks alive may be dead.
   * @param {string} token
   */
  resume(token) {
    if (this.#isClosed) return;
    this.#token = token;
    this.#isLost = false;
    this.#cuts = 0;
    this.#replaceBy(this.#open());
    this.#rejectCommands();
  }

  /** As if it had been cut for longer than the attempts to open it again. */
  lose() {
    if (this.#isClosed || this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#reopening);
    this.#socket.close();
    this.#rejectCommands();
    this.#onLost();
  }

  /**
   * Sends a command; settles with the server's answer to it.
   * @param {string} type
   * @param {object} data
   * @returns {Promise<void>}
   */
  command(type, data) {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Problem({ title: 'Not connected', type: NOT_CONNECTED }));
    const id = (this.#lastId += 1);
    this.#socket.send(JSON.stringify({ id, type, data }));
    /** @type {Promise<void>} */
    const answered = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    return within(COMMAND_MS, answered, 'The server does not answer').finally(() => this.#pending.delete(id));
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#reopening);
    this.#socket.close();
    this.#rejectCommands();
  }

  /** As a proxy may do, or a network. */
  cut() {
    this.#socket.close();
  }

  #open({ resumes = true } = {}) {
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('access_token', this.#token);
    if (resumes && this.#stream) url.searchParams.set('resume', `${this.#stream}:${this.#seq}`);
    const socket = new WebSocket(url, ['veche.v1']);
    const late = setTimeout(() => socket.close(), OPENING_MS); // The event `close` follows.
    const isPresent = () => socket === this.#socket && !this.#isClosed && !this.#isLost;
    socket.addEventListener('open', () => clearTimeout(late));
    socket.addEventListener('close', () => {
      clearTimeout(late);
      if (isPresent()) this.#reopen();
    });
    socket.addEventListener('message', ({ data }) => {
      if (isPresent()) this.#take(JSON.parse(data));
    });
    return socket;
  }

  /** @param {WebSocket} next */
  #replaceBy(next) {
    clearTimeout(this.#reopening);
    const former = this.#socket;
    this.#socket = next;
    former.close();
  }

  #reopen() {
    this.#rejectCommands();
    const pauseMs = this.#stream ? REOPEN_MS[this.#cuts] : undefined;
    if (pauseMs === undefined) return this.lose();
    this.#cuts += 1;
    this.#reopening = setTimeout(() => (this.#socket = this.#open()), pauseMs * (0.5 + this.#random()));
  }

  /** @param {Message} message */
  #take(message) {
    if (message.stream) this.#stream = message.stream;
    this.#seq = message.seq ?? 0;
    this.#cuts = 0;
    const waiting = this.#pending.get(message.id);
    if (message.type === 'ok') waiting?.resolve();
    else if (message.type === 'problem') waiting?.reject(new Problem(message.data));
    else this.#onMessage(message);
  }

  #rejectCommands() {
    for (const { reject } of this.#pending.values()) reject(new Problem({ title: 'Not connected', type: NOT_CONNECTED }));
  }
}
