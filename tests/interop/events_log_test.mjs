// SPDX-License-Identifier: Apache-2.0
// The event log when the server is killed, and when its disk is full, refuses, is read-only or stalls: calls go on, and the log says what it lacks.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { Disk } from './harness/disk.mjs';
import { assertWhole, readEventLog } from './harness/event_log.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(2);
const MAX_WAITING = 100;
const SLOWEST_MS = 1000;

/** {server, disk, file}: a server whose event log is on a disk that fails on request. */
async function startLogging(t) {
  const disk = new Disk(t, 'events');
  const file = join(disk.directory, 'events.db');
  const server = await VecheServer.start(t, {
    variables: disk.variables,
    events: { file, max_waiting: MAX_WAITING },
    plugins: [{ name: 'forwarding', required: true }, { name: 'metrics', required: true, serves_metrics: true }],
  });
  return { server, disk, file };
}

/** The values of the metrics veche_events_*, without that prefix. */
async function metricsOf(server) {
  const { body } = await server.api('GET', '/metrics');
  const lines = [...body.matchAll(/^veche_events_(\w+) (\S+)$/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, Number(value)]));
}

const written = (server) => until('everything is written', async () => (await metricsOf(server)).waiting === 0);

const types = (events) => events.map(({ type }) => type);

test('After kill -9 the next start ends what was open, with numbers that go on', async (t) => {
  const { server, file } = await startLogging(t);
  startCall(t, server, { room: 'lost', participants: 3, talkers: 1, silence: 'dtx' });
  await server.connected('lost', 3);
  await server.createRoom('empty', {});
  await written(server);
  await server.kill();
  const before = await readEventLog(file);
  assert.equal(types(before).filter((type) => type === 'participant.joined').length, 3);

  await server.launch();
  await server.stop();
  const events = await readEventLog(file);
  assert.deepEqual(events.slice(0, before.length), before, 'what was committed is there');
  const ends = events.slice(before.length, before.length + 5);
  assert.deepEqual(ends.map(({ data }) => data.reason), Array(5).fill('server_lost'));
  assert.deepEqual(types(ends).sort(), [...Array(3).fill('participant.left'), 'room.closed', 'room.closed']);
  const rest = types(events.slice(before.length + 5)).filter((type) => type.startsWith('server.'));
  assert.deepEqual(rest, ['server.started', 'server.draining', 'server.stopping']);
  assertWhole(events);
});

/** More events than may wait. Each request has to be answered as fast as ever: this program's own delays are not the server's. */
async function makeEvents(server, name) {
  const own = monitorEventLoopDelay({ resolution: 10 });
  own.enable();
  let slowestMs = 0;
  const ask = async (method, path, body) => {
    const begin = Date.now();
    const { status } = await server.api(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status}`);
    slowestMs = Math.max(slowestMs, Date.now() - begin);
  };
  for (let i = 0; i < MAX_WAITING; i += 1) {
    await ask('PUT', `/v1/rooms/${name}-${i}`, {});
    await ask('DELETE', `/v1/rooms/${name}-${i}`);
  }
  own.disable();
  const ownMs = own.max / 1e6;
  assert.ok(slowestMs - ownMs < SLOWEST_MS, `${name}: a request took ${slowestMs} ms, of which ${ownMs.toFixed(0)} may be the test's own`);
}

test('A disk that is full, refuses, is read-only or stalls costs the call nothing, and the log says what it lacks', judged(async (t) => {
  const { server, disk, file } = await startLogging(t);
  const call = startCall(t, server, { room: 'call', participants: 4, talkers: 2, silence: 'dtx', 'expect-no-loss': true });
  await server.connected('call', 4);
  await written(server);
  let dropped = 0;
  const failures = ['ENOSPC', 'EACCES', 'EROFS'].map((error) => [error, () => disk.fail(error)]);
  for (const [name, disturb] of [...failures, ['stall', () => disk.stall()]]) {
    disturb();
    await makeEvents(server, name);
    const figures = await metricsOf(server);
    assert.ok(figures.waiting >= MAX_WAITING, `${name}: ${figures.waiting} events wait`);
    assert.ok(figures.dropped_total >= dropped + MAX_WAITING / 2, `${name}: ${figures.dropped_total} are dropped, before ${dropped}`);
    disk.recover();
    await written(server);
    dropped = (await metricsOf(server)).dropped_total;
  }
  const figures = await metricsOf(server);
  assert.equal(figures.dropped_total, dropped, 'nothing is dropped once the disk works');
  assert.ok(figures.write_errors_total >= 3, `${figures.write_errors_total} errors`);
  assert.ok(figures.database_bytes > 0 && figures.oldest_id === 1);
  assertNothingMissing(await call.leave());
  await until('all have left', async () => (await server.api('GET', '/v1/rooms/call')).body.participants === 0);
  await written(server);

  // At the end, too: what cannot be written is lost, and the next start says so.
  disk.stall();
  await server.createRoom('last', {});
  const begin = Date.now();
  await server.stop();
  t.diagnostic(`the server ended within ${Date.now() - begin} ms while the disk stalled`);
  assert.match(server.log(), /events\.db is not written to its end: the disk stalls/);
  disk.recover();
  await server.launch();
  await server.stop();

  const events = await readEventLog(file);
  assertWhole(events);
  const gaps = events.filter(({ type }) => type === 'events.gap');
  assert.equal(gaps.reduce((sum, { data }) => sum + data.to - data.from + 1, 0), dropped, 'gaps cover all that was dropped');
  assert.ok(events.some(({ room, data }) => room === 'call' && data.reason === 'server_lost'), 'the room that was open when the disk stalled');
  assert.ok(!types(events).includes('speaker.changed'));
  t.diagnostic(`${events.length} events, ${gaps.length} gaps, ${dropped} dropped`);
}));
