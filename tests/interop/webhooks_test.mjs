// SPDX-License-Identifier: Apache-2.0
// Webhooks at real receivers: complete and in order while receivers are slow, fail, go away, and the server is killed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runLoad } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { newSecret, WebhookReceiver } from './harness/webhook_receiver.mjs';

const test = concurrentTests(4);
const HERE = { webhooks_allow_private: true };

/** Some events in a room: created, updated, closed. */
async function useRoom(server, room, updates = 2) {
  await server.createRoom(room, {});
  for (let i = 0; i < updates; i += 1) await server.api('PATCH', `/v1/rooms/${room}`, { metadata: { i } });
  const { status } = await server.api('DELETE', `/v1/rooms/${room}`);
  assert.equal(status, 204);
}

const useRooms = (server, names) => Promise.all(names.map((name) => useRoom(server, name)));
const roomsOf = (prefix, count) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const closed = (receiver) => receiver.events().filter(({ type }) => type === 'room.closed').map(({ room }) => room);

/** In each room ids rise and `seq` has no gap. */
function assertInOrder(events) {
  const last = new Map();
  for (const { id, room, incarnation, seq, type } of events) {
    const key = `${room} ${incarnation}`;
    const before = last.get(key);
    if (before) {
      assert.ok(id > before.id, `${type} of ${room}: ${id} came after ${before.id}`);
      if (room) assert.equal(seq, before.seq + 1, `${type} of ${room}: something before it is missing`);
    }
    last.set(key, { id, seq });
  }
}

async function makeWebhook(server, settings) {
  const { status, body } = await server.api('POST', '/v1/webhooks', settings);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

const sendTest = async (server, name) => (await server.api('POST', `/v1/webhooks/${name}/test`)).body;

test('Events come verified, once, in order by room, and a slow receiver delays nobody else', async (t) => {
  const [steady, slow] = await Promise.all([
    WebhookReceiver.start(t, { answer: () => delay(Math.random() * 20).then(() => 204) }),
    WebhookReceiver.start(t, { answer: () => delay(3000).then(() => 204) }),
  ]);
  const server = await VecheServer.start(t, { events: { ...HERE, webhooks: [steady.settings('steady'), slow.settings('slow', { types: ['room.*'] })] } });
  const rooms = roomsOf('room-', 12);
  await useRooms(server, rooms);
  await until('the steady receiver has all of it', () => closed(steady).length === rooms.length, 3000);
  assert.ok(closed(slow).length === 0);
  assert.deepEqual(steady.refusals, []);
  assertInOrder(steady.events());
  assert.equal(steady.events().filter(({ room }) => room).length, 4 * rooms.length);
  assert.equal(new Set(steady.deliveries.map(({ id }) => id)).size, steady.deliveries.length, 'something came twice');
  for (const { headers, event } of steady.deliveries) {
    assert.equal(headers['content-type'], 'application/json');
    assert.ok(!headers['webhook-id'].includes('.'));
    assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 30);
    assert.deepEqual(Object.keys(event).slice(0, 6), ['id', 'room', 'incarnation', 'seq', 'time', 'type']);
    assert.equal(typeof event.data, 'object');
  }
  const slowIds = new Set(slow.deliveries.map(({ id }) => id));
  assert.ok(steady.deliveries.every(({ id }) => !slowIds.has(id)), 'two webhooks share an id');

  // The example of docs/webhooks.md verifies it too, and refuses another secret.
  const [, example] = /```python\n([^]*?)```/.exec(readFileSync(join(environment.source, 'docs/webhooks.md'), 'utf8'));
  const check = 'import json, sys\nfor each in json.load(sys.stdin): verify(each["secret"], each["headers"], each["body"].encode())';
  const python = (secret) => execFileSync('/usr/bin/python3', ['-c', `${example}\n${check}`], {
    input: JSON.stringify(steady.deliveries.map(({ headers, body }) => ({ secret, headers, body }))), stdio: 'pipe' });
  python(steady.secret);
  assert.throws(() => python(slow.secret), /not signed with this secret/);

  // A secret is replaced without a delivery that cannot be verified.
  const [old, next] = [newSecret(), newSecret()];
  const turning = await WebhookReceiver.start(t);
  turning.secret = old;
  await makeWebhook(server, turning.settings('turning', { rooms: ['turn-*'] }));
  await server.api('PATCH', '/v1/webhooks/turning', { secrets: [next, old] });
  await useRoom(server, 'turn-1', 0);
  await until('both secrets verify', () => closed(turning).length === 1);
  for (const delivery of turning.deliveries) assert.ok(turning.verifies(delivery, old) && turning.verifies(delivery, next));
  await server.api('PATCH', '/v1/webhooks/turning', { secrets: [next] });
  turning.secret = next;
  await useRoom(server, 'turn-2', 0);
  await useRoom(server, 'other', 0);
  await until('the new one alone verifies', () => closed(turning).length === 2);
  assert.deepEqual(turning.refusals, []);
  assert.ok(turning.events().every(({ room }) => room.startsWith('turn-')));
  assert.equal(turning.verifies(turning.deliveries.at(-1), old), undefined);

  // Neither the API nor the log shows a secret.
  const shown = JSON.stringify((await server.api('GET', '/v1/webhooks')).body) + server.log();
  for (const secret of [old, next, steady.secret, slow.secret]) assert.ok(!shown.includes(secret) && !shown.includes(secret.slice(6)));
});

test('What GET shows is never behind a delivered event', async (t) => {
  const statuses = [];
  const receiver = await WebhookReceiver.start(t, {
    answer: async ({ event: { type, room, participant } }) => {
      if (type === 'participant.joined') {
        const { status, body } = await server.api('GET', `/v1/rooms/${room}/participants/${participant}`);
        statuses.push([status, body.state]);
      }
      return 204;
    },
  });
  const server = await VecheServer.start(t, { events: { ...HERE, webhooks: [receiver.settings('handler')] } });
  const { code, errors } = await runLoad(t, server, { room: 'call', participants: 8, talkers: 1, duration: 2, 'join-rate': 20 });
  assert.equal(code, 0, errors);
  await until('all have left', () => receiver.events().filter(({ type }) => type === 'participant.left').length === 8);
  assert.deepEqual(statuses, Array.from({ length: 8 }, () => [200, 'connected']));
  assertInOrder(receiver.events());
});

test('A server that is killed while the receiver is down delivers everything afterwards, in order', async (t) => {
  const receiver = await WebhookReceiver.start(t);
  const server = await VecheServer.start(t, { events: { ...HERE, file: 'events.db', webhooks: [receiver.settings('durable')] } });
  await useRooms(server, roomsOf('before-', 4));
  await until('the first events have come', () => closed(receiver).length === 4);
  await receiver.down();
  await useRooms(server, roomsOf('down-', 20));
  await server.createRoom('open', {});
  await delay(500);
  await server.kill();
  await server.launch();
  await useRooms(server, roomsOf('again-', 4));
  await delay(environment.full ? 60000 : 2000);
  await receiver.up();
  const rooms = [...roomsOf('before-', 4), ...roomsOf('down-', 20), ...roomsOf('again-', 4), 'open'];
  await until('everything has come', () => new Set(closed(receiver)).size === rooms.length, environment.full ? 90000 : 20000);
  assert.deepEqual([...new Set(closed(receiver))].sort(), rooms.sort());
  const events = receiver.events();
  assertInOrder(events);
  const ids = events.map(({ id }) => id).sort((one, other) => one - other);
  assert.deepEqual(ids, Array.from(ids, (_, i) => ids[0] + i), 'an event is missing');
  assert.deepEqual(receiver.refusals, []);
  const { body } = await server.api('GET', '/v1/webhooks/durable');
  assert.deepEqual([body.configured, body.state, body.backlog, body.dead_letters], [true, 'active', 0, 0]);
});

test('A receiver says what it wants: later, elsewhere, no more; and operators see it', async (t) => {
  const server = await VecheServer.start(t, { events: HERE });
  let says = [];
  const receiver = await WebhookReceiver.start(t, { answer: () => says.shift() ?? 204 });
  const elsewhere = await WebhookReceiver.start(t);
  await makeWebhook(server, receiver.settings('ops', { types: ['room.*'] }));

  says = [{ status: 302, headers: { Location: elsewhere.url } }, 500];
  await useRoom(server, 'first', 0);
  const { failure, state } = await until('a failure is shown', async () => {
    const { body } = await server.api('GET', '/v1/webhooks/ops');
    return body.failure && body;
  });
  assert.equal(state, 'failing');
  assert.ok([302, 500].includes(failure.status));
  await until('it is delivered in spite of that', () => closed(receiver).length === 1);
  const [created] = receiver.deliveries;
  assert.deepEqual(receiver.deliveries.slice(0, 3).map(({ id, answer }) => [id, answer]), [[created.id, 302], [created.id, 500], [created.id, 204]]);
  assert.equal(receiver.deliveries[2].body, created.body);
  assert.ok(receiver.deliveries[1].at - created.at >= 950 && receiver.deliveries[2].at - receiver.deliveries[1].at >= 1950);
  assert.equal(elsewhere.connections, 0);

  receiver.deliveries = [];
  says = [{ status: 503, headers: { 'Retry-After': '2' } }];
  await useRooms(server, ['second', 'third']);
  await until('it is delivered after the pause', () => closed(receiver).length === 2);
  const paused = receiver.deliveries.find(({ answer }) => answer === 503);
  const next = receiver.deliveries.find(({ at, id }) => at > paused.at && id === paused.id);
  assert.ok(next.at - paused.at >= 1950, `${next.at - paused.at} ms`);

  const before = receiver.deliveries.length;
  says = [410];
  await useRoom(server, 'fourth', 0);
  await until('it is refused', async () => (await server.api('GET', '/v1/webhooks/ops')).body.state === 'refused');
  await delay(1500);
  assert.equal(receiver.deliveries.length, before + 1);
  const tested = await sendTest(server, 'ops');
  assert.deepEqual([tested.delivered, tested.status, tested.reason], [true, 204, '']);
  await until('what waited comes', () => closed(receiver).length === 3);
  assert.equal(receiver.events().filter(({ type }) => type === 'webhook.test').length, 1);

  const { event: { id } } = receiver.deliveries.find(({ event }) => event.room === 'second');
  receiver.deliveries = [];
  assert.equal((await server.api('POST', '/v1/webhooks/ops/replay', { after: id - 1 })).status, 200);
  await until('it comes again', () => closed(receiver).length === 3);
  assertInOrder(receiver.events());
});

test('Certificates are verified, and private addresses refused unless they are allowed', async (t) => {
  const directory = scratch(t, 'tls');
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const receiver = await WebhookReceiver.start(t, { tls: { key: readFileSync(key), cert: readFileSync(cert) } });
  const byName = receiver.url.replace('127.0.0.1', 'localhost');
  const trusting = await VecheServer.start(t, { events: { ...HERE, webhooks_ca_file: cert } });
  await makeWebhook(trusting, receiver.settings('sound', { url: byName }));
  assert.equal((await sendTest(trusting, 'sound')).delivered, true);
  await makeWebhook(trusting, receiver.settings('wrong-name'));
  const wrongName = await sendTest(trusting, 'wrong-name');
  assert.equal(wrongName.delivered, false);
  assert.match(wrongName.reason, /SSL|certificate/);

  const strict = await VecheServer.start(t);
  const literal = await strict.api('POST', '/v1/webhooks', receiver.settings('literal'));
  assert.equal(literal.status, 400);
  assert.equal(literal.body.errors[0].pointer, '/url');
  // A name may lead anywhere: what counts is the address.
  const count = receiver.connections;
  await makeWebhook(strict, receiver.settings('name', { url: byName }));
  const refused = await sendTest(strict, 'name');
  assert.equal(refused.delivered, false);
  assert.match(refused.reason, /events\.webhooks_allow_private/);
  assert.equal(receiver.connections, count);
  await strict.reload((configuration) => { configuration.events = { ...configuration.events, ...HERE }; });
  assert.match((await sendTest(strict, 'name')).reason, /SSL|certificate/, 'a certificate of no known authority is accepted');
  assert.deepEqual(receiver.events().map(({ type }) => type), ['webhook.test']);
});
