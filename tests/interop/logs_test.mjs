// SPDX-License-Identifier: Apache-2.0
// The log of a call: the participant's id finds all its lines, and it contains no secret.

import assert from 'node:assert/strict';

import { measureLoad, runAiortcPeer } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { recordHttp } from './harness/http_recorder.mjs';
import { until } from './harness/until.mjs';
import { environment, KEY, SIGNING_KEY, VecheServer } from './harness/veche_server.mjs';

const test = concurrentTests(4);

/** All lines of the log, which have to be JSON. */
function linesOf(server) {
  return server.log().trim().split('\n').map((line) => {
    try {
      return JSON.parse(line);
    } catch {
      assert.fail(`this line is no JSON: ${line}`);
    }
  });
}

const SHORT_CALL = { participants: 3, talkers: 1, silence: 'dtx', duration: 3, 'join-rate': 10 };

test('A call is followed by one participant\'s id from its offer to its end', async (t) => {
  const server = await VecheServer.start(t, { log: { format: 'json', level: 'info' } });
  await measureLoad(t, server, { ...SHORT_CALL, room: 'call' });
  const about = linesOf(server).filter(({ room, participant }) => room === 'call' && participant);
  const names = new Set(about.map(({ participant }) => participant));
  assert.equal(names.size, 3);
  for (const name of names) {
    const own = about.filter(({ participant }) => participant === name);
    assert.deepEqual(own.map(({ message }) => message.replace(/\d+ s$/, 'N s')),
      ['offers a session', 'its offer is answered', 'is connected', 'has left: left, after N s']);
    assert.equal(new Set(own.map(({ session }) => session)).size, 1);
    assert.match(own[0].session, /^[0-9a-f]{32}$/);
    for (const line of own) {
      assert.match(line.time, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      assert.deepEqual([line.level, line.component], ['info', 'room']);
      for (const other of names) assert.ok(other === name || !JSON.stringify(line).includes(`"${other}"`));
    }
    const times = own.map(({ time }) => time);
    assert.deepEqual(times, [...times].sort());
  }
  assert.equal(new Set(about.map(({ session }) => session)).size, 3);
});

test('The trace of a participant tells a call from the offer to the end, and for a while afterwards', async (t) => {
  const server = await VecheServer.start(t);
  const call = measureLoad(t, server, { ...SHORT_CALL, talkers: 3, duration: 4, room: 'call' });
  call.catch(() => {});
  await server.connected('call', 3);
  const { body: { participants } } = await server.api('GET', '/v1/rooms/call/participants');
  const path = `/v1/rooms/call/participants/${participants[0].id}`;
  await until('it has sent and received, and the trace says so', async () => {
    const live = await server.api('GET', `${path}/trace`);
    assert.equal(live.body.present, true);
    return ['first_packet.in', 'first_packet.out'].every((wanted) => live.body.entries.some(({ type }) => type === wanted));
  });
  await call;
  const { status, body } = await server.api('GET', `${path}/trace`);
  assert.equal(status, 200);
  assert.equal(body.present, false);
  assert.equal(body.dropped, 0);
  const { entries } = body;
  const changes = ['participant.added', 'session.offered', 'session.answered', 'ice.connected', 'session.connected', 'first_packet.in', 'first_packet.out'];
  const own = entries.map(({ type }) => type);
  for (const type of changes) assert.equal(own.filter((each) => each === type).length, 1, `${type} in ${own}`);
  assert.deepEqual(own.filter((type) => changes.slice(0, 5).includes(type)), changes.slice(0, 5));
  assert.ok(own.includes('speaking.started') && own.includes('slots'), `${own}`);
  assert.equal(own.at(-1), 'participant.left');
  assert.equal(own.includes('client.address'), environment.path === 'wire');
  for (let i = 1; i < entries.length; i += 1) assert.ok(entries[i].offset_ms >= entries[i - 1].offset_ms);
  const [first, last] = [entries[0], entries.at(-1)];
  const wall = last.time_unix_ms - first.time_unix_ms;
  assert.ok(Math.abs(wall - (last.offset_ms - first.offset_ms)) < 100, `${wall} ms by the wall clock, ${last.offset_ms} ms`);
});

test('A refused offer is logged with its reason, and not more often than a reader can follow', async (t) => {
  const server = await VecheServer.start(t, { log: { format: 'json', level: 'info' } });
  for (let i = 0; i < 30; i += 1) {
    const response = await fetch(`${server.url}/v1/rooms/call/participants/p${i}/session`, {
      method: 'POST', headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/sdp' }, body: 'v=0\r\na=ice-pwd:secretsecretsecretsecret\r\n' });
    assert.equal(response.status, 400);
  }
  await server.stop();
  const refused = linesOf(server).filter(({ level }) => level === 'warning');
  const [first, last] = [refused[0], refused.at(-1)];
  assert.match(first.message, /^its offer is refused: ./);
  assert.equal(first.participant, 'p0');
  assert.ok(refused.length <= 23, `${refused.length} lines`); // Two windows, if the machine is slow.
  const heldBack = refused.map(({ message }) => Number(/^(\d+) more like this/.exec(message)?.[1] ?? 0)).reduce((sum, n) => sum + n);
  const written = refused.filter(({ message }) => message.startsWith('its offer')).length;
  assert.equal(written + heldBack, 30, JSON.stringify(last));
  assert.ok(!server.log().includes('secretsecret'));
});

test('Nothing that opens a door is in the log, at the level debug either', async (t) => {
  const server = await VecheServer.start(t, {
    log: { format: 'json', level: 'debug' },
    media: { ice_servers: [{ urls: ['turn:turn.example.org:3478'], secret: 'a-secret-shared-with-turn' }] },
  });
  const { url, texts } = await recordHttp(t, server);
  const front = { url, invite: (...names) => server.invite(...names).then((invitation) => texts.push(JSON.stringify(invitation)) && invitation) };
  await Promise.all(['ada', 'boris'].map((participant) => runAiortcPeer(t, front, { room: 'call', participant, seconds: 3 })));
  await server.api('DELETE', '/v1/rooms/call');

  const said = texts.join('\n');
  const find = (pattern) => [...new Set([...said.matchAll(pattern)].map(([, value]) => value))];
  const secrets = {
    pwd: find(/a=ice-pwd:(\S+)/g), ufrag: find(/a=ice-ufrag:(\S+)/g), fingerprint: find(/a=fingerprint:\S+ (\S+)/g),
    token: find(/Bearer (\S+)/g), turn: find(/"credential":"([^"]+)"/g),
    configured: [KEY.split('.')[1], SIGNING_KEY.secret, 'a-secret-shared-with-turn'],
  };
  for (const [kind, values] of Object.entries(secrets)) assert.ok(values.length >= 2, `${values.length} of the kind ${kind} have passed`);
  const log = server.log();
  assert.ok(linesOf(server).some(({ participant, message }) => participant === 'ada' && message === 'is connected'));
  for (const [kind, values] of Object.entries(secrets)) {
    // Four letters of a ufrag may occur in a session's name by chance.
    const leaked = values.filter((value) => value.length > 6 && log.includes(value));
    assert.deepEqual(leaked, [], `${kind} in the log`);
  }
  assert.ok(!/a=|m=audio|BEGIN/.test(log), 'SDP in the log');
});
