// SPDX-License-Identifier: Apache-2.0
// Plugins in calls: one that is enabled and disabled while people talk, and the example that decides which talkers are heard.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { build, buildCpp } from './harness/build_plugin.mjs';
import { measureLoad, startCall } from './harness/command.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const ROUNDS = 200;
const EACH_MS = 20;

function footprint(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)[1]),
    kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]),
  };
}

async function setEnabled(server, name, enabled) {
  const { status, body } = await server.api('PATCH', `/v1/plugins/${name}`, { enabled });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.state, enabled ? 'running' : 'disabled');
}

test('forwarding comes and goes 200 times while 20 people are in a call: audio continues, nothing grows', judged(async (t) => {
  const server = await VecheServer.start(t);
  const call = startCall(t, server, { room: 'call', participants: 20, talkers: 3, silence: 'dtx', 'expect-no-loss': true });
  await server.connected('call', 20);
  await delay(2000);
  const settle = async () => {
    for (let i = 0; i < 10; i += 1) {
      await setEnabled(server, 'forwarding', false);
      await setEnabled(server, 'forwarding', true);
    }
    await delay(500);
    return footprint(server.pid);
  };
  const before = await settle();
  for (let round = 0; round < ROUNDS; round += 1) {
    await setEnabled(server, 'forwarding', false);
    await delay(EACH_MS);
    await setEnabled(server, 'forwarding', true);
    await delay(EACH_MS);
  }
  const after = await settle();
  t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
  assert.ok(after.descriptors <= before.descriptors, 'descriptors grow');
  assert.ok(after.threads <= before.threads, 'threads grow');
  assert.ok(after.kilobytes < before.kilobytes + 4096, 'memory grows');
  const figures = await call.leave();
  assertNothingMissing(figures);
  assert.equal(figures.packets.lost, 0);
  assert.equal(figures.turns.missing_frames, 0);
  const { body } = await server.api('GET', '/v1/plugins/forwarding');
  assert.equal(body.hooks.find(({ name }) => name === 'selector.select').failures, 0);
}));

test('A plugin that throws, talks nonsense and is slow is counted, then disabled, and the call goes on', async (t) => {
  const trouble = await buildCpp(t, 'trouble', ['tests/interop/plugins/trouble_plugin.cpp']);
  const server = await VecheServer.start(t, { plugins: [{ name: 'trouble', path: trouble, required: true, disable_when_slow: true }] });
  const call = measureLoad(t, server, { room: 'call', participants: 6, talkers: 2, silence: 'none', duration: 8 });
  call.catch(() => {});
  const inspect = async () => (await server.api('GET', '/v1/plugins/trouble')).body;
  const disabled = await until('the plugin is disabled', async () => {
    const body = await inspect();
    return body.state === 'disabled' && body;
  });
  const hook = (name) => disabled.hooks.find((each) => each.name === name);
  assert.ok(hook('observer.on_event').failures >= 6, JSON.stringify(disabled.hooks));
  assert.ok(hook('packet_policy.decide').slow >= 10, JSON.stringify(disabled.hooks));
  assert.ok(disabled.bad_verdicts > 0);
  assert.match(server.log(), /packet_policy\.decide may take 500 us/);
  assert.match(server.log(), /trouble is too slow, and is disabled/);
  const figures = await call;
  assert.equal(figures.joins.joined, 6);
  assert.equal(figures.joins.removed, 0, 'nobody is taken for gone');
  assert.equal(figures.turns.unheard + figures.turns.cut_short, 0, 'everybody is heard to the end');
  assert.equal(figures.packets.lost, 0);
  // Each frame missing within a turn is one for which the plugin returned nonsense.
  const missing = figures.turns.missing_frames;
  assert.ok(missing <= disabled.bad_verdicts, `${missing} frames missing, ${disabled.bad_verdicts} bad verdicts`);
});

test('With the example stage only hosts are heard, and the example journal writes who joined', async (t) => {
  const stage = await buildCpp(t, 'stage', ['examples/plugin-cpp/stage.cpp'], []);
  const journal = await build(t, 'journal', 'cc', ['examples/plugin-c/journal.c']);
  const file = `${journal}.txt`;
  const server = await VecheServer.start(t, { plugins: [
    { name: 'stage', path: stage, required: true, config: { hosts: [] } },
    { name: 'journal', path: journal, required: true, config: { file } }] });
  const browser = await launchBrowser(t);
  const [ada, boris, carol] = await Promise.all(
    ['Ada', 'Boris', 'Carol'].map((name) => VoicePage.join(browser, server, { name, room: 'talk' })));
  const people = [ada, boris, carol];
  const onStage = async (...hosts) => {
    const { status, body } = await server.api('PUT', '/v1/plugins/stage/rooms/talk/hosts', { hosts: hosts.map(({ participant }) => participant) });
    assert.equal(status, 200, JSON.stringify(body));
    for (const listener of people) {
      for (const talker of people.filter((each) => each !== listener)) {
        const wanted = hosts.includes(talker);
        await until(`${listener.name} ${wanted ? 'hears' : 'does not hear'} ${talker.name}`, async () => (await listener.hears(talker)) === wanted);
      }
    }
  };
  await onStage(ada);
  await onStage(boris);
  await onStage(ada, carol);
  await onStage();
  for (const { name, errors } of people) assert.deepEqual(errors, [], name);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  assert.equal(lines.length, people.length, `the journal: ${lines}`);
  for (const { participant } of people) assert.ok(lines.some((line) => line.includes(participant)), `the journal: ${lines}`);
  const { status, body } = await server.api('PUT', '/v1/plugins/stage/rooms/attic/hosts', { hosts: [] });
  assert.equal(status, 404, JSON.stringify(body));
});
