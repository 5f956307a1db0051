// SPDX-License-Identifier: Apache-2.0
// A TCP relay in front of a server, as a proxy is: it can cut all of its connections at once.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

import { atEnd } from './cleanup.mjs';
import { tcpPort } from './ports.mjs';

const HOST = '127.0.0.1';

/** Ends with the test `t`. Gives `{url, cut}`. */
export async function startTcpRelay(t, server) {
  const { hostname, port } = new URL(server.url);
  const sockets = new Set();
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const relay = createServer((client) => {
    const upstream = connect(port, hostname);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.on('error', () => {}); // 'close' follows.
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const own = await tcpPort(HOST);
  relay.listen(own, HOST);
  await once(relay, 'listening');
  atEnd(t, () => {
    relay.close();
    cut();
  });
  return { url: `http://${HOST}:${own}`, cut };
}
