// SPDX-License-Identifier: Apache-2.0
// A receiver of webhooks that verifies each delivery with the library of Standard Webhooks, and answers as a test says.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import { Webhook } from 'standardwebhooks';

import { atEnd } from './cleanup.mjs';
import { tcpPort } from './ports.mjs';

export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

export class WebhookReceiver {
  /** What has come, oldest first: {id, event, headers, body, at, answer}. Only what was verified. */
  deliveries = [];
  /** Why a delivery was not verified. */
  refusals = [];
  secret = newSecret();
  connections = 0;
  #server;
  #options;

  /** `answer(delivery, count)` gives a status, or {status, headers}, or a promise of one; `tls` is {key, cert}. */
  static async start(t, { answer = () => 204, tls } = {}) {
    const receiver = new WebhookReceiver();
    receiver.answer = answer;
    receiver.port = await tcpPort();
    receiver.#options = tls;
    receiver.url = `${tls ? 'https' : 'http'}://127.0.0.1:${receiver.port}/events`;
    atEnd(t, () => receiver.down());
    await receiver.up();
    return receiver;
  }

  async up() {
    const handle = (request, response) => this.#take(request, response);
    this.#server = this.#options ? createTlsServer(this.#options, handle) : createServer(handle);
    this.#server.on('connection', () => { this.connections += 1; });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Nothing listens any more, and what is open is cut. */
  async down() {
    if (!this.#server) return;
    const closed = new Promise((resolve) => { this.#server.close(resolve); });
    this.#server.closeAllConnections();
    this.#server = undefined;
    await closed;
  }

  /** The settings of a webhook that leads here. */
  settings(name, more = {}) {
    return { name, url: this.url, secrets: [this.secret], ...more };
  }

  verifies(delivery, secret = this.secret) {
    try {
      return new Webhook(secret).verify(delivery.body, delivery.headers);
    } catch (error) {
      this.refusals.push(error.message);
      return undefined;
    }
  }

  async #take(request, response) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { headers } = request;
    const delivery = { id: headers['webhook-id'], headers, body: Buffer.concat(pieces).toString(), at: Date.now() };
    delivery.event = this.verifies(delivery);
    if (!delivery.event) return response.writeHead(401).end();
    this.deliveries.push(delivery);
    const answer = await this.answer(delivery, this.deliveries.length);
    delivery.answer = answer.status ?? answer;
    return response.writeHead(delivery.answer, answer.headers).end();
  }

  /** What was answered with success, each id once, by the first time that it came. */
  events() {
    const seen = new Set();
    return this.deliveries.filter(({ id, answer }) => answer >= 200 && answer < 300 && !seen.has(id) && seen.add(id)).map(({ event }) => event);
  }
}
