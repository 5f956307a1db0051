// SPDX-License-Identifier: Apache-2.0
// A proxy in front of a test's server that records the HTTP traffic between clients and server.

import { once } from 'node:events';
import { createServer } from 'node:http';

import { atEnd } from './cleanup.mjs';

/** Returns {url, texts}: the address for clients, and all bodies and credentials that have passed. Ends with the test. */
export async function recordHttp(t, server) {
  const texts = [];
  const proxy = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await fetch(server.url + request.url, {
      method: request.method, headers: { authorization, 'content-type': type }, body: body.length > 0 ? body : undefined });
    const text = await answer.text();
    texts.push(authorization, body.toString(), text);
    const headers = Object.fromEntries(['content-type', 'location', 'link'].filter((name) => answer.headers.has(name))
      .map((name) => [name, answer.headers.get(name)]));
    response.writeHead(answer.status, headers).end(text);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  atEnd(t, () => proxy.closeAllConnections() || proxy.close());
  return { url: `http://127.0.0.1:${proxy.address().port}`, texts };
}
