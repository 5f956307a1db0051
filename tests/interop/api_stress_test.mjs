// SPDX-License-Identifier: Apache-2.0
// What a crowd costs those that read the API at the same time: 500 reads a second of an idle server, during a call, while a hundred
// join at once, and with a thousand readers of the event stream of which half stall. It prints times, and judges losses alone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { atEnd } from './harness/cleanup.mjs';
import { measureLoad, startCall } from './harness/command.mjs';
import { assertNothingMissing } from './harness/judged.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

const READS_PER_S = 500;
const PHASE_MS = 10000;
const JOINS = 100;
const CROWD_PRIORITY = 15;
const [LIVELY, STALLED] = [500, 500];
const CALL = { room: 'call', participants: 10, talkers: 2, silence: 'dtx', 'expect-no-loss': true };
const PATHS = ['/v1/rooms', '/v1/rooms/call/participants', '/v1/server', '/v1/events?limit=10'];

const worker = (t, file, workerData) => {
  const made = new Worker(new URL(`./peers/${file}`, import.meta.url), { workerData });
  atEnd(t, () => made.terminate());
  return made;
};

class Reads {
  constructor(t, server) {
    this.reader = worker(t, 'steady_reader.mjs', { url: server.url, key: server.key, paths: PATHS, perS: READS_PER_S });
  }

  /** {at, ms, status} of each read since the last time. */
  async samples() {
    this.reader.postMessage('take');
    const [samples] = await once(this.reader, 'message');
    return samples;
  }

  /** {count, p50, p99, most} of the reads since the last time that were due within the window, in ms. */
  async take({ from = 0, to = Infinity } = {}) {
    const within = (await this.samples()).filter(({ at }) => at >= from && at <= to);
    const failed = within.filter(({ status }) => status !== 200 && status !== 404); // There is no call yet.
    assert.deepEqual(failed, []);
    const times = within.map(({ ms }) => ms).sort((one, other) => one - other);
    assert.ok(times.length > 0, 'no read was due');
    const part = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    return { count: times.length, p50: part(0.5), p99: part(0.99), most: times.at(-1) };
  }

  async during(ms) {
    await this.samples();
    await delay(ms);
    return this.take();
  }
}

/** From a second before the first of them is connected, in which their offers are answered, to the last one. */
async function joinsOf(server, room) {
  const { body } = await server.api('GET', `/v1/events?after=0&room=${room}&types=participant.joined&limit=1000`);
  const times = body.events.map(({ time }) => Date.parse(time));
  return { count: times.length, from: Math.min(...times) - 1000, to: Math.max(...times) };
}

test('Reads while a crowd joins, and beside a thousand readers of the event stream', async (t) => {
  const server = await VecheServer.start(t, { events: { file: 'events.db' } });
  const reads = new Reads(t, server);
  await reads.during(1000); // What is made once.
  const idle = await reads.during(PHASE_MS);
  const show = (what, { count, p50, p99, most }) => {
    const [low, high, longest] = [p50, p99, most].map((ms) => `${ms.toFixed(1)} ms`);
    t.diagnostic(`${what}: ${count} reads, p50 ${low}, p99 ${high} (${(p99 / idle.p99).toFixed(1)} times idle), longest ${longest}`);
  };
  show('idle', idle);

  const call = startCall(t, server, CALL);
  await server.connected('call', CALL.participants);
  show('during a call of 10', await reads.during(PHASE_MS));

  await reads.samples();
  // A crowd's clients have processors of their own. Here they take what the server and the reader leave.
  const { joins } = await measureLoad(t, server, {
    room: 'crowd', 'name-prefix': 'crowd', participants: JOINS, 'offers-first': true, 'join-rate': 1000, talkers: 0, silence: 'none', duration: 1,
  }, (child) => setPriority(child.pid, CROWD_PRIORITY));
  assert.equal(joins.failed, 0, joins.first_failure);
  const window = await joinsOf(server, 'crowd');
  assert.equal(window.count, JOINS);
  show(`while ${JOINS} join within ${((window.to - window.from - 1000) / 1000).toFixed(1)} s`, await reads.take(window));

  const readers = worker(t, 'event_readers.mjs', { url: server.url, key: server.key, lively: LIVELY, stalled: STALLED, query: '?room=small' });
  const [{ statuses }] = await once(readers, 'message');
  assert.deepEqual(new Set(statuses), new Set([200]));
  await reads.samples();
  const EVENTS = 200;
  for (let i = 1; i <= EVENTS; i += 1) {
    await server.api('PUT', '/v1/rooms/small', { max_participants: i });
    await delay(PHASE_MS / EVENTS);
  }
  show(`with ${LIVELY} readers of 20 events a second, and ${STALLED} that stall`, await reads.take());
  readers.postMessage({ count: EVENTS });
  const [{ ids }] = await once(readers, 'message');
  for (const each of ids) assert.deepEqual(each, ids[0], 'each reader has each event');

  const figures = await call.leave();
  t.diagnostic(`the call: ${figures.packets.received} packets, ${figures.packets.lost} lost`);
  assertNothingMissing(figures);
  await until('all have left', async () => (await server.api('GET', '/v1/rooms/call')).body.participants === 0);
});
