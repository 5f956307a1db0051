// SPDX-License-Identifier: Apache-2.0
// A server's HTTP API for clients that send their media through a relay: the answers to their offers name it.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

import { atEnd } from './cleanup.mjs';

/** An address in place of the server's: {url, key, ...} like a VecheServer for the programs of command.mjs. Ends with the test `t`. */
export async function behindRelay(t, server, relay) {
  const proxy = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const passed = request(new URL(url, server.url), { method, headers }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      const isSdp = answer.headers['content-type']?.startsWith('application/sdp');
      const body = isSdp ? Buffer.from(relay.rewrite(Buffer.concat(parts).toString())) : Buffer.concat(parts);
      const { 'transfer-encoding': _, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode, { ...rest, ...(answer.statusCode !== 204 && { 'content-length': body.length }) }).end(body);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  atEnd(t, () => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${proxy.address().port}`, key: server.key, pid: server.pid, invite: (...each) => server.invite(...each) };
}
