// SPDX-License-Identifier: Apache-2.0
// People at the voice page: they hear each other after one negotiation each, while others join, mute, pin, leave and rejoin.

import assert from 'node:assert/strict';

import { concurrentTests } from './harness/concurrent_tests.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { assertHeardAsWell, connectDirectly, listenBothWays } from './pages/direct_call.mjs';
import { heard, notHeard } from './pages/hearing.mjs';
import { launchBrowser, received, VoicePage } from './pages/voice_page.mjs';

const test = concurrentTests(2);
/** What is decided above the media paths. */
const abovePaths = { skip: environment.path !== 'wire' && !environment.full && 'with VECHE_FULL=1' };
const ONE_NEGOTIATION = [['have-local-offer', 'stable']];
const PACKETS_PER_SECOND = 50;
const PREROLL = 16; // Packets that a talker who gets a slot may have sent before.
/** Streams are counted in windows of this length, as long away from any switch. */
const WINDOW_MS = 300;
const CALM_MS = 300;
const SAMPLE_MS = 100;
const STEADY_WINDOWS = 8;
const MOST_MS = 50000;
const PINNED_MS = 1800; // Others talk meanwhile, who would get the slot after 230 ms.
/** Fraction of the speech that may be concealed beyond what the same pages conceal without a server. */
const CONCEALED_OF_TWO = 0.01;
const CONCEALED_OF_FOUR = 0.03; // Slots change hands.

/** The streams that arrived in windows of `WINDOW_MS` around which no slot was reassigned: then both the old and the new speaker may arrive. */
async function steadyStreams(listener, durationMs) {
  const samples = await listener.record(durationMs, SAMPLE_MS);
  const switchesMs = await listener.switches();
  const slotsOf = ({ slots }) => new Map(slots.map(({ mid, packetsReceived }) => [mid, packetsReceived]));
  return samples.flatMap((first) => {
    const last = samples.find(({ timeMs }) => timeMs >= first.timeMs + WINDOW_MS);
    if (!last || switchesMs.some((timeMs) => timeMs > first.timeMs - CALM_MS && timeMs < last.timeMs + CALM_MS)) return [];
    const before = slotsOf(first);
    return [[...slotsOf(last)].filter(([mid, packets]) => packets > (before.get(mid) ?? 0)).length];
  });
}

async function assertAtMostStreams(listener, limit) {
  const start = Date.now();
  const before = await listener.inbound();
  const steady = [];
  // The talkers' pauses decide how often a slot is reassigned.
  while (steady.length < STEADY_WINDOWS && Date.now() - start < MOST_MS) steady.push(...await steadyStreams(listener, 2000));
  const { packets } = received(before, await listener.inbound());
  const seconds = (Date.now() - start) / 1000;
  assert.ok(steady.length >= STEADY_WINDOWS, `only ${steady.length} windows without a switch in ${seconds} s`);
  for (const streams of steady) assert.ok(streams <= limit, `${streams} streams, at most ${limit} allowed`);
  // A switch just before brings what its talker had said until then.
  const switches = (await listener.switches()).filter((timeMs) => timeMs >= start - CALM_MS).length;
  const allowed = limit * PACKETS_PER_SECOND * seconds * 1.15 + PREROLL * switches;
  assert.ok(packets <= allowed, `${packets} packets in ${seconds} s with ${switches} switches are more than ${limit} streams have`);
  assert.ok(packets > 0, 'nothing was received');
}

test('Four people hear each other with one negotiation each and at most two streams', async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 2 });
  const browser = await launchBrowser(t);
  const room = 'four';
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
  const boris = await VoicePage.join(browser, server, { name: 'Boris Petrov', room });
  const people = [ada, boris];

  await t.test('Two hear each other', async () => {
    await Promise.all([heard(ada, boris), heard(boris, ada)]);
    await connectDirectly(ada, boris);
    const results = await listenBothWays([[ada, boris], [boris, ada]]);
    for (const { name, packets, energy, direct } of results) {
      assert.ok(packets > 0.8 * direct.packets, `${name} received ${packets} packets, and ${direct.packets} directly`);
      assert.ok(energy > 0.001, `${name} received sound of energy ${energy}`);
    }
    assertHeardAsWell(t, results, CONCEALED_OF_TWO);
  });

  await t.test('The page shows who is here and who speaks', async () => {
    await ada.tile(boris).getByText('Boris Petrov').waitFor();
    await ada.tile(ada).getByText('You').waitFor();
    await until('Ada sees Boris speak', async () => (await ada.speaking()).includes('Boris'));
    await ada.page.locator(`#stage li.speaking-now[data-participant="${boris.participant}"]`).waitFor();
  });

  await t.test('A third and a fourth join and speak without a renegotiation', async () => {
    people.push(await VoicePage.join(browser, server, { name: 'Chen', room }));
    people.push(await VoicePage.join(browser, server, { name: 'Dunya', room }));
    await until('four people are shown', async () => (await ada.page.locator('li.person').count()) === 4);
    await until('somebody new is heard', async () => (await ada.hears(people[2])) || (await ada.hears(people[3])));
    const [results] = await Promise.all([listenBothWays([[ada, boris], [boris, ada]]), assertAtMostStreams(ada, 2)]);
    assertHeardAsWell(t, results, CONCEALED_OF_FOUR);
    for (const person of people) assert.deepEqual(await person.signalling(), ONE_NEGOTIATION, person.name);
  });

  await t.test('Leaving removes a person, reloading brings the same one back', async () => {
    const [, , chen, dunya] = people;
    await dunya.page.getByRole('button', { name: 'Leave the room' }).click();
    await dunya.page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    await until('Dunya is gone', async () => (await ada.tile(dunya).count()) === 0);
    const { participant } = chen;
    await chen.page.reload();
    await chen.submit();
    assert.equal(chen.participant, participant);
    await heard(chen, boris);
    await until('three people are shown', async () => (await ada.page.locator('li.person').count()) === 3);
    await heard(ada, chen);
  });

  for (const person of people) assert.deepEqual(person.errors, [], person.name);
});

test('Mute, block and pin do what they say where one speaker is heard', abovePaths, async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'single';
  await server.createRoom(room, { forwarding: { max_speakers: 1 } });
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
  const boris = await VoicePage.join(browser, server, { name: 'Boris', room });

  await t.test('A muted person is silent and shown as muted', async () => {
    await ada.page.keyboard.press('Space'); // The mute button has the focus after joining.
    await ada.page.locator('#mute').getByText('Unmute').waitFor();
    await boris.tile(ada).getByText('Muted').waitFor();
    await heard(ada, boris);
    await notHeard(boris, ada);
    const before = await boris.inbound();
    await delay(1500);
    assert.ok(received(before, await boris.inbound()).energy < 0.0001, 'a muted person was heard');
    if (environment.path !== 'wire') return;
    const silent = async () => (await server.lanes()).reduce((sum, lane) => sum + lane.silent, 0);
    const silentBefore = await silent();
    // With DTX it sends a packet each 400 ms.
    await until('what a muted Chromium sends is sorted out', async () => (await silent()) >= silentBefore + 3);
  });

  await t.test('One stream arrives when two others talk, and a pinned person is heard in any case', async () => {
    const chen = await VoicePage.join(browser, server, { name: 'Chen', room });
    await assertAtMostStreams(ada, 1);
    for (const person of [boris, chen]) {
      await ada.press(person, `Always hear ${person.name}`);
      await ada.tile(person).getByText('Pinned').waitFor();
      await heard(ada, person);
      const before = (await ada.messages('slots')).length;
      await delay(PINNED_MS);
      const changed = (await ada.messages('slots')).slice(before).flatMap(({ data }) => data);
      const others = changed.filter(({ participant }) => participant && participant !== person.participant);
      assert.deepEqual(others, [], `${person.name} was pinned, and others were heard`);
      await heard(ada, person);
      await ada.press(person, `Always hear ${person.name}`);
      await until('the pin is gone', async () => !(await ada.tile(person).textContent()).includes('Pinned'));
    }
    await chen.page.getByRole('button', { name: 'Leave the room' }).click();
  });

  await t.test('A blocked person is not heard until they are let in again', async () => {
    await heard(ada, boris);
    await ada.press(boris, 'Never hear Boris');
    await ada.tile(boris).getByText('Silenced by you').waitFor();
    await notHeard(ada, boris);
    await ada.press(boris, 'Never hear Boris');
    await heard(ada, boris);
  });

  await t.test('An unmuted person is heard again', async () => {
    await ada.setMuted(false);
    await boris.setMuted(true);
    await heard(boris, ada);
  });

  // The host's mute is decided above the media paths.
  if (environment.path === 'wire') await t.test('A person whom the host has muted is told so, and stays silent even after a reload', async () => {
    const path = `/v1/rooms/${room}/participants/${ada.participant}`;
    const button = ada.page.locator('#mute');
    assert.equal((await server.api('PATCH', path, { muted: true })).status, 200);
    await button.getByText('Muted by the host').waitFor();
    await button.click();
    await button.getByText('Muted by you and the host').waitFor();
    await button.click();
    await notHeard(boris, ada);
    await ada.page.reload();
    await ada.submit();
    await button.getByText('Muted by the host').waitFor();
    await boris.tile(ada).getByText('Muted by the host').waitFor();
    await notHeard(boris, ada);
    assert.equal((await server.api('PATCH', path, { muted: false })).status, 200);
    await heard(boris, ada);
  });

  for (const person of [ada, boris]) {
    assert.deepEqual(await person.signalling(), ONE_NEGOTIATION, person.name);
    assert.deepEqual(person.errors, [], person.name);
  }
});

test('A second place replaces the first, and a page comes back when the server does', abovePaths, async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'again';
  const { token } = await server.invite(room, 'ada');
  const fragment = `#room=${room}&participant=ada&token=${encodeURIComponent(token)}`;
  const first = await VoicePage.join(browser, server, { name: 'Ada', room, fragment });
  const boris = await VoicePage.join(browser, server, { name: 'Boris', room });
  await heard(boris, first);

  await t.test('The same participant elsewhere takes over', async () => {
    const second = await VoicePage.join(browser, server, { name: 'Ada', room, fragment });
    await first.page.getByText('You joined from another place').waitFor();
    await heard(second, boris);
    await heard(boris, second);
    assert.equal(await boris.page.locator('li.person').count(), 2);
    assert.equal((await first.signalling()).length, 1, 'the replaced page did not fight back');
    await second.page.close();
  });

  await t.test('A WebSocket that is cut goes on where it was, and the call does not notice', async () => {
    await boris.page.evaluate(() => window.probe.sockets.at(-1).close());
    await server.api('PATCH', `/v1/rooms/${room}/participants/${boris.participant}`, { name: 'Boris the Second' });
    await boris.tile(boris).getByText('Boris the Second').waitFor();
    assert.equal((await boris.messages('resumed')).length, 1);
    assert.equal((await boris.messages('snapshot')).length, 1);
    const numbers = await boris.page.evaluate(() => window.probe.messages.map(({ seq }) => seq));
    assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
    assert.deepEqual(await boris.signalling(), ONE_NEGOTIATION);
  });

  await t.test('After a restart of the server the page opens a new session', async () => {
    await server.stop();
    await boris.page.getByRole('status').getByText('Reconnecting').waitFor();
    await server.launch();
    await boris.connected();
    const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
    await heard(ada, boris);
    await heard(boris, ada);
    const signalling = await boris.signalling();
    assert.ok(signalling.length >= 2, 'a new connection was made');
    for (const states of signalling) assert.ok(states.filter((state) => state === 'have-local-offer').length <= 1);
  });
});
