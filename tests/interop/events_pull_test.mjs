// SPDX-License-Identifier: Apache-2.0
// The event log as a backend reads it: in pages, and as a stream that loses nothing, whatever its reader or others do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { atEnd } from './harness/cleanup.mjs';
import { measureLoad } from './harness/command.mjs';
import { EventStream } from './harness/event_stream.mjs';
import { tryTwice } from './harness/retry.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const PEOPLE = 100;
/** The largest metadata of a room: its events fill the buffers of a reader that stalls. */
const LARGE = 'x'.repeat(16000);
const STALLED = 50;
const HEARTBEAT_MS = 15000;

/** A stream that ends with the test. */
async function openStream(t, server, options) {
  const stream = await EventStream.open(server, options);
  atEnd(t, () => stream.cut());
  assert.equal(stream.status, 200);
  return stream;
}

function assertWithoutGaps(ids) {
  assert.deepEqual(ids, ids.map((_, index) => ids[0] + index));
}

const residentKilobytes = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** So many events of 16 kB, in the room "large". */
async function makeLargeEvents(server, count) {
  await server.createRoom('large', {});
  for (let i = 0; i < count; i += 1) {
    const { status } = await server.api('PATCH', '/v1/rooms/large', { metadata: { long: LARGE, i } });
    assert.equal(status, 200);
  }
}

/** The 99th of 100 times of a read, in ms. */
async function slowestReads(server) {
  const times = [];
  for (let i = 0; i < 200; i += 1) {
    const begin = performance.now();
    assert.equal((await server.api('GET', '/v1/rooms')).status, 200);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)];
}

/** Reads until it has `count` events, and cuts its connection after every few. */
async function readInPieces(server, after, count) {
  const events = [];
  for (let lastEventId = after; events.length < count;) {
    const stream = await EventStream.open(server, { lastEventId });
    await stream.reach(Math.min(50, count - events.length));
    stream.cut();
    events.push(...stream.events);
    lastEventId = events.at(-1).id;
  }
  return events;
}

async function joinsAndLeaves(t, server) {
  const { body: { newest } } = await server.api('GET', '/v1/events?limit=1');
  const stream = await openStream(t, server, { query: '?types=room.*,participant.*,track.*' });
  const asked = new Map();
  const ask = () => {
    for (const { type, data } of stream.events) {
      const { participant } = data;
      if (type !== 'participant.joined' || asked.has(participant)) continue;
      asked.set(participant, server.api('GET', `/v1/rooms/crowd/participants/${participant}`));
    }
  };
  const asking = setInterval(ask, 5);
  atEnd(t, () => clearInterval(asking));
  const figures = await measureLoad(t, server, {
    room: 'crowd', participants: PEOPLE, talkers: 1, silence: 'dtx', slots: 1, duration: 1, 'join-rate': 40, joining: 20 });
  assert.equal(figures.joins.failed, 0, figures.joins.first_failure);
  const left = () => stream.events.filter(({ type }) => type === 'participant.left').length;
  await until('everybody has left', () => left() === PEOPLE);
  assert.equal(asked.size, PEOPLE);
  for (const [participant, answer] of asked) {
    assert.equal((await answer).status, 200, `GET is behind the event that ${participant} has joined`);
  }

  const { events } = stream;
  const ofRoom = events.filter(({ data }) => data.room === 'crowd').map(({ data }) => data);
  assert.deepEqual(ofRoom.map(({ seq }) => seq), ofRoom.map((_, index) => index + 1));
  const open = new Set();
  for (const { type, participant } of ofRoom) {
    if (type === 'participant.joined') assert.ok(!open.has(participant) && open.add(participant), `${participant} joins once`);
    if (type === 'participant.left') assert.ok(open.delete(participant), `${participant} leaves after it has joined`);
  }
  assert.equal(open.size, 0);

  const all = (await server.api('GET', `/v1/events?after=${newest}&limit=1000`)).body;
  assertWithoutGaps(all.events.map(({ id }) => id));
  const pieces = await readInPieces(server, newest, all.events.length);
  assert.deepEqual(pieces.slice(0, all.events.length).map(({ data }) => data), all.events);
}

async function pagesAndResets(t, server) {
  const { body } = await server.api('GET', '/v1/events?limit=1');
  const waiting = server.api('GET', `/v1/events?after=${body.newest}&wait_s=20&types=room.created`);
  await delay(100);
  await server.createRoom('late', {});
  const { body: page } = await waiting;
  assert.deepEqual(page.events.map(({ type, room }) => [type, room]), [['room.created', 'late']]);
  const begin = performance.now();
  const empty = await server.api('GET', `/v1/events?after=${page.next_after}&wait_s=1&types=room.created`);
  assert.deepEqual(empty.body.events, []);
  assert.ok(performance.now() - begin >= 1000);
  const head = await fetch(`${server.url}/v1/events`, {
    method: 'HEAD', headers: { Authorization: `Bearer ${server.key}`, Accept: 'text/event-stream' } });
  assert.equal(head.headers.get('content-type'), 'text/event-stream');

  const lost = await openStream(t, server, { lastEventId: 1e12 });
  const [reset, first] = await lost.reach(2);
  assert.equal(reset.type, 'reset');
  assert.equal(first.data.id, reset.data.oldest);
  assert.equal(Number(reset.id), reset.data.oldest - 1);
}

async function stalledReaders(t, server) {
  await makeLargeEvents(server, 60); // What the server allocates once.
  const lively = await openStream(t, server, { keepsData: false });
  const before = residentKilobytes(server.pid);
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => openStream(t, server, { keepsData: false })));
  for (const stream of stalled) stream.stall();
  await makeLargeEvents(server, 60);
  await until('the lively reader has all', () => lively.events.length >= 60);
  assertWithoutGaps(lively.ids);
  const growth = residentKilobytes(server.pid) - before;
  t.diagnostic(`${STALLED} stalled readers, each a megabyte behind: ${growth} kB`);
  // A chunk and an event each, and what the allocator keeps. All that they have not read would be 48 MB.
  assert.ok(growth < STALLED * 64 + 4096, `the server grew by ${growth} kB`);

  stalled[0].readOn();
  await until('a reader that goes on has all', () => stalled[0].events.length >= 60);
  assertWithoutGaps(stalled[0].ids);
}

async function aThousandReaders(t, server) {
  const idle = await slowestReads(server);
  const [lively, stalled] = [500, 500];
  const readers = new Worker(new URL('./peers/event_readers.mjs', import.meta.url), {
    workerData: { url: server.url, key: server.key, lively, stalled, query: '?room=small' } });
  atEnd(t, () => readers.terminate());
  const [{ statuses }] = await once(readers, 'message');
  assert.deepEqual(new Set(statuses), new Set([200]));
  await makeLargeEvents(server, 60);
  let count = 0;
  const making = (async () => {
    while (count < 100) {
      await server.api('PUT', '/v1/rooms/small', { max_participants: count + 1 });
      count += 1;
    }
  })();
  const busy = await slowestReads(server);
  await making;
  readers.postMessage({ count });
  const [{ ids }] = await once(readers, 'message');
  for (const each of ids) assert.deepEqual(each, ids[0]);
  await readers.terminate();
  t.diagnostic(`99 % of reads: ${idle.toFixed(1)} ms, and ${busy.toFixed(1)} ms with ${lively} lively and ${stalled} stalled readers`);
  assert.ok(busy < Math.max(100, 10 * idle), `${busy} ms, and ${idle} ms without readers`);
}

/** The Python program of the documentation, against this server. */
async function documentedExample(t, server) {
  const page = readFileSync(join(environment.source, 'docs/http-api.md'), 'utf8');
  const [, program] = /```python\n([^`]*urllib[^`]*)```/.exec(page);
  const python = spawn('/usr/bin/python3', ['-u', '-c', program.replace(/http:[/][/]127.0.0.1:8080/, server.url)]);
  atEnd(t, () => python.kill('SIGKILL'));
  let output = '';
  python.stdout.on('data', (data) => { output += data; });
  python.stderr.on('data', (data) => { output += data; });
  await until(`the example tells of a room:\n${output}`, async () => {
    await server.api('PUT', '/v1/rooms/example', {});
    await server.api('DELETE', '/v1/rooms/example');
    return /room\.created.*example/.test(output);
  });
}

/** A server whose log keeps 100 events, of more. */
async function startForgetful(t) {
  const server = await VecheServer.start(t, { events: { max_memory_events: 100 } });
  for (let i = 1; i <= 150; i += 1) await server.api('PUT', '/v1/rooms/busy', { max_participants: i });
  return server;
}

async function missedEvents(t, server) {
  await until('the log has deleted old events', async () => (await server.api('GET', '/v1/events?limit=1')).body.oldest > 1);
  const { body: page } = await server.api('GET', '/v1/events?after=0&limit=1');
  assert.equal(page.reset, true);
  assert.equal(page.events[0].id, page.oldest);
  const stream = await openStream(t, server, { lastEventId: 0 });
  const [reset, first] = await stream.reach(2);
  assert.deepEqual([reset.type, reset.data], ['reset', { oldest: page.oldest, newest: page.newest }]);
  assert.equal(first.data.id, page.oldest);
  const again = await openStream(t, server, { lastEventId: reset.id });
  assert.equal((await again.reach(1))[0].data.id, page.oldest, 'the id of the reset is a place in the log');
}

test('A backend reads the event log', async (t) => {
  const server = await VecheServer.start(t);
  const forgetful = await startForgetful(t);
  const quiet = await openStream(t, server, { query: '?room=nobody' });
  const opened = performance.now();
  const firstPlace = Number(quiet.lastId);

  await t.test(`${PEOPLE} joins and leaves come in order and without a gap, whatever is cut, and GET is never behind them`,
    (part) => joinsAndLeaves(part, server));
  await t.test('Pages wait for events, HEAD waits for nothing, and an id that the log never had is reset', (part) => pagesAndResets(part, server));
  await t.test('The program of the documentation reads events', (part) => documentedExample(part, server));
  await t.test(`${STALLED} readers that stall cost the server hardly any memory, and others nothing`, (part) => stalledReaders(part, server));
  await t.test('The server stays responsive with 1,000 readers of which 500 stall', (part) => tryTwice('reads beside 1,000 readers', () => aThousandReaders(part, server)));
  await t.test('A stream without events has heartbeats, which say how far it has come', async () => {
    await delay(Math.max(0, HEARTBEAT_MS + 1000 - (performance.now() - opened)));
    assert.ok(quiet.comments.includes('heartbeat'));
    assert.ok(Number(quiet.lastId) > firstPlace);
    assert.deepEqual(quiet.events, []);
  });
  await t.test('An id that is older than what the log keeps is reset', (part) => missedEvents(part, forgetful));
  await t.test('A stream ends with the server, after the last event', async (part) => {
    const stream = await openStream(part, server);
    await server.createRoom('last', {});
    await server.stop();
    await until('the stream has ended', () => stream.hasEnded);
    assert.ok(stream.events.some(({ type, data }) => type === 'room.closed' && data.room === 'last'));
    assert.deepEqual(stream.comments, ['ends: server_stopping']);
  });
});
