// SPDX-License-Identifier: Apache-2.0
// A NAT between one client and the server, made of sockets: it can lose media and change the client's address.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { atEnd } from './cleanup.mjs';

const HOST = '127.0.0.1';
const isMedia = (datagram) => datagram[0] >= 128 && datagram[0] <= 191; // RFC 7983
const isRtcp = (datagram) => datagram[1] >= 192 && datagram[1] <= 223; // RFC 5761

/** One direction: loses one in `loseEvery` RTP packets; 0: none. */
class Direction {
  packets = 0;
  lost = 0;

  constructor(loseEvery) {
    this.loseEvery = loseEvery;
  }

  loses(datagram) {
    if (!isMedia(datagram) || isRtcp(datagram)) return false;
    this.packets += 1;
    // Spread by the golden ratio: a regular loss would always or never hit a periodic packet.
    const loses = this.loseEvery > 0 && ((this.packets * 0.6180339887) % 1) * this.loseEvery < 1;
    this.lost += Number(loses);
    return loses;
  }
}

export class UdpRelay {
  #front = createSocket('udp4');
  #mappings = new Map(); // Where the client sends from -> the socket that the server sees.
  #serverPort;

  /** One in `loseUp` RTP packets is lost on the way to the server and one in `loseDown` on the way to the client; 0: none. Ends with the test `t`. */
  static async start(t, { loseUp = 0, loseDown = 0 } = {}) {
    const relay = new UdpRelay();
    relay.up = new Direction(loseUp);
    relay.down = new Direction(loseDown);
    relay.#front.on('message', (datagram, from) => {
      if (!relay.up.loses(datagram)) relay.#mapping(from).send(datagram, relay.#serverPort, HOST);
    });
    relay.#front.bind(0, HOST);
    await once(relay.#front, 'listening');
    atEnd(t, () => {
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
      if (!this.down.loses(datagram)) this.#front.send(datagram, port, address);
    });
    this.#mappings.set(key, fresh);
    return fresh;
  }

  /** Replaces the server's address in the answer that the page gets. */
  async serve(page) {
    await page.route('**/session', async (route) => {
      const response = await route.fetch();
      const answer = await response.text();
      await route.fulfill({ response, body: this.#rewrite(answer) });
    });
  }

  #rewrite(answer) {
    const candidate = /^(a=candidate:\S+ 1 udp \d+ )\S+ (\d+)( typ host)/gim;
    return answer.replace(candidate, (_, start, port, end) => {
      this.#serverPort = Number(port);
      return `${start}${HOST} ${this.#front.address().port}${end}`;
    });
  }
}
