// SPDX-License-Identifier: Apache-2.0
// A NAT between one client and the server, made of sockets: its two directions can be lossy, slow and late, and it can change the client's address.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { atEnd } from './cleanup.mjs';
import { Link } from './link.mjs';

const HOST = '127.0.0.1';
const HEADER_BYTES = 28; // IP and UDP, which a rate counts too.
const isMedia = (datagram) => datagram[0] >= 128 && datagram[0] <= 191; // RFC 7983
const isRtcp = (datagram) => datagram[1] >= 192 && datagram[1] <= 223; // RFC 5761
const isRtp = (datagram) => isMedia(datagram) && !isRtcp(datagram);

/** One direction. `packets` and `lost` count RTP alone; `link` counts everything. */
class Direction {
  packets = 0;
  lost = 0;
  link = new Link();
  #timer;
  #onlyRtp;

  /** `conditions` of a Link from now on; with `onlyRtp` the rest goes past it. */
  shape({ onlyRtp = false, ...conditions } = {}) {
    this.#onlyRtp = onlyRtp;
    this.link.shape(Date.now(), conditions);
    this.#deliver();
  }

  /** `pass` is called when the datagram arrives. */
  send(datagram, pass) {
    const counts = isRtp(datagram);
    if (this.#onlyRtp && !counts) return pass();
    const goes = this.link.send(Date.now(), pass, datagram.length + HEADER_BYTES);
    this.packets += Number(counts);
    this.lost += Number(counts && !goes);
    return this.#deliver();
  }

  /** `queuedMs` of what has passed since then. */
  queued(sinceMs = 0, untilMs = Infinity) {
    return this.link.passed.filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs).map(({ queuedMs }) => queuedMs);
  }

  close() {
    clearTimeout(this.#timer);
    this.link = new Link(); // What is on the way is lost.
  }

  #deliver() {
    clearTimeout(this.#timer);
    for (const pass of this.link.arrived(Date.now())) pass();
    const waitMs = this.link.nextMs() - Date.now();
    if (waitMs < Infinity) this.#timer = setTimeout(() => this.#deliver(), waitMs);
  }
}

export class UdpRelay {
  up = new Direction(); // To the server.
  down = new Direction();
  #front = createSocket('udp4');
  #mappings = new Map(); // Where the client sends from -> the socket that the server sees.
  #serverPort;

  /** One in `loseUp` RTP packets is lost on the way to the server and one in `loseDown` on the way to the client; 0: none. Ends with the test `t`. */
  static async start(t, { loseUp = 0, loseDown = 0 } = {}) {
    const relay = new UdpRelay();
    relay.up.shape({ onlyRtp: true, loss: { model: 'every', n: loseUp } });
    relay.down.shape({ onlyRtp: true, loss: { model: 'every', n: loseDown } });
    relay.#front.on('message', (datagram, from) => {
      relay.up.send(datagram, () => relay.#mapping(from).send(datagram, relay.#serverPort, HOST));
    });
    relay.#front.bind(0, HOST);
    await once(relay.#front, 'listening');
    atEnd(t, () => {
      for (const direction of [relay.up, relay.down]) direction.close();
      relay.changeAddress();
      relay.#front.close();
    });
    return relay;
  }

  /** From now on the client uses other ports, as behind a NAT that forgot it. */
  changeAddress() {
    for (const socket of this.#mappings.values()) socket.close();
    this.#mappings.clear();
  }

  #mapping({ address, port }) {
    const key = `${address}:${port}`;
    const known = this.#mappings.get(key);
    if (known) return known;
    const fresh = createSocket('udp4');
    fresh.on('message', (datagram) => {
      this.down.send(datagram, () => this.#front.send(datagram, port, address));
    });
    this.#mappings.set(key, fresh);
    return fresh;
  }

  /** Replaces the server's address in the answer that the page gets. */
  async serve(page) {
    await page.route(/\/session(\?|$)/, async (route) => {
      const response = await route.fetch();
      const answer = await response.text();
      await route.fulfill({ response, body: this.rewrite(answer) });
    });
  }

  /** The answer, with the relay's address in place of the server's. */
  rewrite(answer) {
    const candidate = /^(a=candidate:\S+ 1 udp \d+ )\S+ (\d+)( typ host)/gim;
    return answer.replace(candidate, (_, start, port, end) => {
      this.#serverPort = Number(port);
      return `${start}${HOST} ${this.#front.address().port}${end}`;
    });
  }
}
