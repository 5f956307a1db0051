// SPDX-License-Identifier: Apache-2.0
// Five people in a room of examples/fastapi-backend: the server is killed in the middle of their call, they go on in a mesh, and return when it is back. What
// one of them plays is listened to.

import assert from 'node:assert/strict';
import { randomBytes, scryptSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Backend } from './harness/backend.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { MeshPage } from './pages/mesh_page.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const ROOM = 'team';
const USERS = ['ann', 'bob', 'chen', 'dan', 'eve'];
const FALLBACK_MS = 5000;
const RETURN_MS = 10000;
const GAP_MS = 200;
const BLIND_MS = 600;

/** A file of users for the backend, each with the password <name>-demo; the first one is a host. */
function usersFile(t) {
  const entries = USERS.map((user, index) => {
    const salt = randomBytes(16);
    const digest = scryptSync(`${user}-demo`, salt, 64, { N: 2 ** 14, r: 8, p: 1 });
    return [user, { name: user, role: index === 0 ? 'host' : 'guest', password: `scrypt:${salt.toString('base64')}:${digest.toString('base64')}` }];
  });
  const file = join(scratch(t, 'users'), 'users.json');
  writeFileSync(file, JSON.stringify(Object.fromEntries(entries)));
  return file;
}

test('Five people go from the server to a mesh and back', async (t) => {
  const backend = await Backend.prepare(t);
  const server = await VecheServer.start(t, backend.sections);
  // A restarted server has no rooms: the backend makes them again.
  await server.reload((configuration) => { configuration.rooms = { auto_create: false }; });
  const variables = { BACKEND_USERS: usersFile(t) };
  const [browser] = await Promise.all([launchBrowser(t), backend.launch(server, variables)]);
  const host = await backend.logIn('ann');
  const api = async (...request) => (await backend.api(...request)).body;
  const metric = async (name) => Number(String(await api('GET', '/metrics', host)).match(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm'))?.[1] ?? 0);
  const settled = () => until('nobody is left between the two', async () => (await api('GET', '/api/rollout', host)).rooms[ROOM].settled);
  await api('POST', '/api/rooms', host, { id: ROOM });
  // One talks, so that a silence is one of the call.
  const people = await Promise.all(USERS.map((user) => MeshPage.join(browser, backend, { user, room: ROOM, muted: user !== 'bob' })));
  const [ann, bob, chen, ...others] = people;
  const all = (action) => Promise.all(people.map(action));
  const hearBob = () => Promise.all([ann, chen, ...others].map((person) => person.hears(bob)));

  await t.test('They meet at the server, and hear who talks', async () => {
    await all((person) => person.uses('sfu'));
    assert.deepEqual((await ann.transports).map(({ transport, reason }) => [transport, reason]), [['sfu', 'percentage']]);
    await hearBob();
    await chen.listen();
    const mark = await chen.mark();
    await bob.call('setMuted', true);
    await until('silence is found', async () => (await chen.longestSilenceMs(mark)) > 2 * GAP_MS);
    await bob.call('setMuted', false);
    await chen.hears(bob);
    await settled();
  });

  await t.test('The server is killed: all go on in a mesh within five seconds, and say why', async () => {
    const mark = await chen.mark();
    const killedMs = Date.now();
    // A backend that notices at once would leave no silence to be counted.
    backend.pause();
    await server.kill();
    await delay(BLIND_MS);
    backend.resume();
    await all((person) => person.uses('mesh'));
    await hearBob();
    for (const person of people) {
      const { transport, reason, atMs } = (await person.transports).at(-1);
      assert.deepEqual([transport, reason], ['mesh', 'sfu-unreachable'], person.user);
      assert.ok(atMs - killedMs < FALLBACK_MS, `${person.user} needed ${atMs - killedMs} ms`);
    }
    await settled();
    const silenceMs = await chen.longestSilenceMs(mark);
    t.diagnostic(`silence while the server was killed: ${silenceMs} ms`);
    assert.ok(silenceMs > GAP_MS && silenceMs < FALLBACK_MS, `${silenceMs} ms`);
    assert.ok(await metric('voice_backend_fallback_seconds_sum') < FALLBACK_MS / 1000);
    assert.equal(await metric('voice_backend_fallback_seconds_count'), 1);
    assert.equal(await metric('voice_backend_long_gaps_total'), USERS.length, 'a silence is counted');
  });

  await t.test('In the mesh the backend is killed too: nobody hears it, and all find it again', async () => {
    const mark = await chen.mark();
    await backend.kill();
    await backend.launch(server, variables);
    await until('all are back', async () => (await api('GET', '/api/rollout', host)).rooms[ROOM]?.people === USERS.length);
    const silenceMs = await chen.longestSilenceMs(mark);
    t.diagnostic(`silence while the backend was killed: ${silenceMs} ms`);
    assert.ok(silenceMs <= GAP_MS, `${silenceMs} ms`);
    assert.equal((await ann.transports).length, 2, 'and nobody has switched');
  });

  await t.test('In the mesh the host mutes', async () => {
    await api('PATCH', `/api/rooms/${ROOM}/participants/bob`, host, { muted: true });
    await until('bob is silent', async () => !(await chen.levels()).includes('bob'));
    assert.equal(await bob.page.evaluate(() => window.call.client.silencedBy), 'backend');
    await api('PATCH', `/api/rooms/${ROOM}/participants/bob`, host, { muted: false });
    await chen.hears(bob);
    assert.deepEqual(await chen.roster(), USERS);
  });

  await t.test('The server comes back: all return within ten seconds, and miss nothing', async () => {
    const mark = await chen.mark();
    await server.launch();
    const backMs = Date.now();
    await all((person) => person.uses('sfu'));
    for (const person of people) {
      const { reason, atMs } = (await person.transports).at(-1);
      assert.equal(reason, 'sfu-returned', person.user);
      assert.ok(atMs - backMs < RETURN_MS, `${person.user} needed ${atMs - backMs} ms`);
    }
    await settled();
    await until('no mesh is left', () => chen.page.evaluate(() => window.ear.elements.size === 3)); // As many as slots.
    await hearBob();
    const silenceMs = await chen.longestSilenceMs(mark);
    t.diagnostic(`silence while they returned: ${silenceMs} ms`);
    assert.ok(silenceMs <= GAP_MS, `${silenceMs} ms`);
    assert.equal((await server.api('GET', `/v1/rooms/${ROOM}`)).body.participants, USERS.length);
  });

  await t.test('The kill switch takes them off a server that works, without a gap', async () => {
    const mark = await chen.mark();
    await api('PATCH', '/api/rollout', host, { kill_switch: true });
    await all((person) => person.uses('mesh'));
    await settled();
    await until('nobody is at the server any more', async () => (await server.api('GET', `/v1/rooms/${ROOM}`)).body.participants === 0);
    await hearBob();
    const silenceMs = await chen.longestSilenceMs(mark);
    t.diagnostic(`silence at the kill switch: ${silenceMs} ms`);
    assert.ok(silenceMs <= GAP_MS, `${silenceMs} ms`);
    assert.equal((await ann.transports).at(-1).reason, 'kill-switch');
    assert.equal(await metric('voice_backend_long_gaps_total'), 0);
    assert.equal(await metric('voice_backend_return_seconds_count'), 1);
    assert.equal(await metric('voice_backend_people{transport="mesh"}'), USERS.length);
  });

  for (const person of people) assert.deepEqual(person.errors, [], person.user);
});
