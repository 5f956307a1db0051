// SPDX-License-Identifier: Apache-2.0
// Connections that want nothing: they send byte by byte, or come and go by the thousand. The server ends them, and others notice nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';

import { atEnd } from './harness/cleanup.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(2);
const RECEIVE_MS = 15000; // docs/http-api.md
const DRIPPING = 300;
const DROPPED = 10000;
const AT_ONCE = 100;
/** One slow client that all others wait for ends them only at the deadline; a machine that is busy stalls them for a second or two. */
const SLOWEST_MS = 5000;

const descriptors = (server) => readdirSync(`/proc/${server.pid}/fd`).length;

function open(server) {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.on('error', () => {});
  socket.resume();
  return socket;
}

/** `events.once` would take the reset of a connection for a failure. */
const closed = (socket) => new Promise((resolve) => { socket.once('close', resolve); });

/** Sends `begin`, and then a byte every so often, until the server ends the connection: {ms, sent}. */
async function drip(t, server, begin, byte, everyMs) {
  const socket = open(server);
  const started = Date.now();
  let sent = 0;
  socket.write(begin);
  const dripping = setInterval(() => { socket.write(byte); sent += 1; }, everyMs);
  atEnd(t, () => { clearInterval(dripping); socket.destroy(); });
  await closed(socket);
  clearInterval(dripping);
  return { ms: Date.now() - started, sent };
}

/** Reads until `done`; each has to be answered. */
async function readMeanwhile(server, done) {
  let [isDone, reads] = [false, 0];
  done.then(() => { isDone = true; }, () => { isDone = true; });
  while (!isDone) {
    const begin = Date.now();
    assert.equal((await server.api('GET', '/v1/rooms')).status, 200);
    assert.ok(Date.now() - begin < SLOWEST_MS, `a read took ${Date.now() - begin} ms`);
    reads += 1;
    await delay(20);
  }
  return reads;
}

test('Clients that send their head or body byte by byte are cut at the deadline, and others are served', async (t) => {
  const server = await VecheServer.start(t);
  await server.api('GET', '/v1/rooms');
  const before = descriptors(server);
  const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ';
  const body = `PUT /v1/rooms/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\n`
    + 'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n';
  const dripping = Promise.all(Array.from({ length: DRIPPING }, (_, i) =>
    drip(t, server, i % 2 === 0 ? head : body, i % 2 === 0 ? 'x' : ' ', 200 + i)));
  const reads = await readMeanwhile(server, dripping);
  const ends = await dripping;
  for (const { ms, sent } of ends) {
    assert.ok(sent > 1, 'it was still sending');
    assert.ok(ms > RECEIVE_MS / 2 && ms < RECEIVE_MS + 5000, `cut after ${ms} ms`);
  }
  const times = ends.map(({ ms }) => ms);
  t.diagnostic(`${DRIPPING} were cut after ${Math.min(...times)} to ${Math.max(...times)} ms; ${reads} reads meanwhile`);
  await until('their descriptors are free', () => descriptors(server) <= before);
});

/** One that leaves as kind `i`: at once, within its head, within its body, or before the answer; by an end or a reset. */
async function comeAndGo(server, i) {
  const socket = open(server);
  const gone = closed(socket);
  await once(socket, 'connect');
  const texts = ['', 'GET /v1/ro', 'PUT /v1/rooms/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'];
  const text = texts[i % texts.length];
  if (text) await new Promise((resolve) => { socket.write(text, resolve); });
  // Ports of connections that end otherwise stay taken for a minute.
  if (i % 10 === 0) socket.destroy();
  else socket.resetAndDestroy();
  await gone;
}

test(`${DROPPED} connections that are opened and dropped leave nothing, and others are served`, async (t) => {
  const server = await VecheServer.start(t);
  for (let i = 0; i < AT_ONCE; i += 1) await comeAndGo(server, i);
  await server.api('GET', '/v1/rooms');
  const before = descriptors(server);
  let next = 0;
  const begin = Date.now();
  const dropping = Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < DROPPED) {
      next += 1;
      await comeAndGo(server, next);
    }
  }));
  const reads = await readMeanwhile(server, dropping);
  await dropping;
  t.diagnostic(`${DROPPED} connections within ${Date.now() - begin} ms; ${reads} reads meanwhile`);
  await until('their descriptors are free', () => descriptors(server) <= before);
});
