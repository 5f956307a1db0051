// SPDX-License-Identifier: Apache-2.0
// A full server: it knows in advance how many participants it can carry, refuses more, and calls in progress notice nothing.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';

import { atEnd } from './harness/cleanup.mjs';
import { measureLoad, runLoad, startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { assertNothingMissing } from './harness/judged.mjs';
import { until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(2);
const DESCRIPTORS = environment.full ? 512 : 256;
const IN_CALL = 8;
const ROOM = environment.full ? 150 : 60; // A room takes at most 200 by default.
const PATIENCE_MS = 240000;
/** Descriptors of the webrtcbins that wait for the next offers: up to four of them, with three or four each. */
const KEPT = 20;
/** Descriptors of requests that are answered at the same time. */
const IN_REQUESTS = 12;

function startWithFewDescriptors(t) {
  return VecheServer.start(t, { mediaPorts: 100, prefix: ['prlimit', `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`], media: { lanes: 2 } });
}

async function capacity(server) {
  const { status, body } = await server.api('GET', '/v1/capacity');
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function connectedIn(server, room) {
  return (await server.api('GET', `/v1/rooms/${room}/stats`)).body.connected ?? 0;
}

async function forwarded(server) {
  return (await server.lanes()).reduce((sum, lane) => sum + lane.packets_out, 0);
}

/** Waits until this many more packets have been forwarded. */
async function talkOn(server, packets = 300) {
  const before = await forwarded(server);
  await until('people talk on', async () => await forwarded(server) > before + packets);
}

/** A call with people in it. */
async function call(t, server) {
  const talk = startCall(t, server, { room: 'call', participants: IN_CALL, talkers: 2, silence: 'dtx' });
  await server.connected('call', IN_CALL);
  await talkOn(server);
  return talk;
}

function assertUndisturbed(figures) {
  assert.equal(figures.joins.joined, IN_CALL, figures.errors);
  assert.equal(figures.packets.lost, 0);
  assert.ok(figures.packets.received > 0);
}

/** Silent people try to join, `joining` at the same time. They stay until `leave` is called. */
async function fill(t, server, room, participants, joining) {
  let child, said = '';
  const ended = runLoad(t, server, {
    room, participants, joining, 'join-rate': 200, talkers: 0, slots: 1, silence: 'dtx', duration: 600 },
  (started) => { child = started; });
  child.stderr.on('data', (text) => { said += text; });
  await until(`${room}: everybody has joined or was refused`, () => /talking/.test(said), PATIENCE_MS);
  return { leave: () => { child.kill('SIGINT'); return ended; } };
}

test('A server with few descriptors says how many it can carry, carries them, and answers 503 beyond', async (t) => {
  const server = await startWithFewDescriptors(t);
  const { head_room_participants: promised, bound_by: boundBy } = await capacity(server);
  assert.equal(boundBy, 'descriptors');
  assert.match(server.log(), new RegExp(`can carry \\d+ participants on the \\w+ path; what bounds it: descriptors: limit ${DESCRIPTORS}`));
  const talk = await call(t, server);

  const crowds = [];
  let carried = IN_CALL;
  const add = async (room, participants, joining) => {
    crowds.push(await fill(t, server, room, participants, joining));
    carried += await connectedIn(server, room);
  };
  while (ROOM * crowds.length < promised) await add(`crowd-${crowds.length}`, ROOM, 4);
  // Many simultaneous joins are refused a little early; joins one after the other take the rest.
  // A request that ends late leaves one more place.
  for (let i = 0; i === 0 || (i < 3 && (await capacity(server)).head_room_participants > 0); i += 1) await add(`last-${i}`, 20, 1);
  t.diagnostic(`promised ${promised}, carried ${carried}`);
  assert.ok(carried >= promised - IN_REQUESTS && carried <= promised * 1.15, `${carried} got in, ${promised} were promised`);

  assert.equal((await capacity(server)).head_room_participants, 0);
  const refused = await server.api('POST', '/v1/rooms/call/participants', {});
  assert.equal(refused.status, 503);
  assert.equal(refused.body.type, '/problems/over-capacity');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal((await server.api('GET', '/readyz')).status, 503);
  assert.equal((await server.api('GET', '/healthz')).status, 200);

  // No participant was removed to make room.
  await talkOn(server);
  assert.deepEqual((await server.api('GET', '/v1/server')).body.participants_ended, {});
  assert.equal(await connectedIn(server, 'call'), IN_CALL);
  assertUndisturbed(await talk.leave());
  const left = await Promise.all(crowds.map((crowd) => crowd.leave()));
  assert.match(left.at(-1).output, /over-capacity/);

  let now;
  const hasRoomAgain = async () => (now = await capacity(server)).head_room_participants >= promised - KEPT;
  await until('there is room again', hasRoomAgain).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(now)}`); });
  assert.equal((await server.api('GET', '/readyz')).status, 200);
  const figures = await measureLoad(t, server, { room: 'again', participants: 3, talkers: 1, duration: 1, 'expect-no-loss': true });
  assertNothingMissing(figures);
});

test('Connections that take all descriptors they can get leave the call its own, and the API answers again when they go', async (t) => {
  const server = await startWithFewDescriptors(t);
  const talk = await call(t, server);
  const open = () => readdirSync(`/proc/${server.pid}/fd`).length;
  const { port, hostname } = new URL(server.url);
  const sockets = Array.from({ length: DESCRIPTORS + 100 }, () => connect(Number(port), hostname).on('error', () => {}));
  atEnd(t, () => sockets.forEach((socket) => socket.destroy()));
  await until('it has no more connections to give', () => server.log().includes('cannot accept connections for now'));
  // A sixteenth is reserved for calls; the server's own reads take some of it for a moment.
  assert.ok(open() < DESCRIPTORS - DESCRIPTORS / 32, `${open()} descriptors are open`);
  // The API cannot be asked now; the packets that its participants heard judge the call.
  sockets.forEach((socket) => socket.destroy());
  await until('the API answers', async () => (await capacity(server)).head_room_participants > 0);
  assert.equal(await connectedIn(server, 'call'), IN_CALL);
  await talkOn(server);
  assertUndisturbed(await talk.leave());
});
