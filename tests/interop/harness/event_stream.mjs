// SPDX-License-Identifier: Apache-2.0
// A reader of GET /v1/events as Server-Sent Events, on a plain socket: it can stall and be cut.

import { connect } from 'node:net';

import { until } from './until.mjs';

export class EventStream {
  /** What has come: of each event its type, its envelope as text, and its id. */
  events = [];
  comments = [];
  lastId = '';
  status = 0;
  hasEnded = false;
  #socket;
  #keepsData;
  #text = '';
  #block = {};

  /**
   * Opens a stream; resolves once the server has begun it, or refused. `query`: "?after=5". With `keepsData` false only ids and types stay
   * in memory.
   */
  static async open({ url, key }, { query = '', lastEventId, keepsData = true } = {}) {
    const stream = new EventStream();
    const { hostname, port } = new URL(url);
    stream.#keepsData = keepsData;
    stream.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    stream.#socket.setEncoding('utf8');
    stream.#socket.on('data', (text) => stream.#take(text));
    stream.#socket.on('error', () => {});
    stream.#socket.on('close', () => { stream.hasEnded = true; });
    const position = lastEventId === undefined ? '' : `Last-Event-ID: ${lastEventId}\r\n`;
    stream.#socket.write(`GET /v1/events${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${key}\r\n`
      + `Accept: text/event-stream\r\n${position}\r\n`);
    await new Promise((resolve) => { stream.whenBegun = resolve; stream.#socket.once('close', resolve); });
    return stream;
  }

  /** Reads no more, and keeps the connection. */
  stall() {
    this.#socket.pause();
  }

  readOn() {
    this.#socket.resume();
  }

  cut() {
    this.#socket.destroy();
  }

  /** Waits for `count` events in all. */
  async reach(count) {
    await until(`${count} events have come, not ${this.events.length}`, () => this.events.length >= count);
    return this.events;
  }

  get ids() {
    return this.events.map(({ id }) => Number(id));
  }

  #take(text) {
    this.#text += text;
    if (this.status === 0) {
      const end = this.#text.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.status = Number(this.#text.split(' ', 2)[1]);
      this.#text = this.#text.slice(end + 4);
      if (this.status !== 200) this.whenBegun();
    }
    const lines = this.#text.split('\n');
    this.#text = lines.pop();
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line) {
    const colon = line.indexOf(': ');
    const [field, value] = [line.slice(0, colon), line.slice(colon + 2)];
    if (line.startsWith(':')) {
      this.comments.push(line.slice(2));
    } else if (line !== '') {
      this.#block[field] = value;
    } else {
      const { id = this.lastId, event, data } = this.#block;
      this.lastId = id;
      if (data !== undefined) this.events.push({ id, type: event, ...(this.#keepsData && { data: JSON.parse(data) }) });
      this.#block = {};
      this.whenBegun();
    }
  }
}
