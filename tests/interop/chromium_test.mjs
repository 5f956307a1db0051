// SPDX-License-Identifier: Apache-2.0
// People at the voice page: they hear each other after one negotiation each, while others join, mute, pin, leave and rejoin.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { concurrentTests } from './harness/concurrent_tests.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { assertHeardAsWell, connectDirectly, listenBothWays } from './pages/direct_call.mjs';
import { launchBrowser, received, VoicePage } from './pages/voice_page.mjs';

const test = concurrentTests(2);
const ONE_NEGOTIATION = [['have-local-offer', 'stable']];
const PACKETS_PER_SECOND = 50;
/** Fraction of the speech that may be concealed beyond what the same pages conceal without a server. */
const CONCEALED_OF_TWO = 0.01;
const CONCEALED_OF_FOUR = 0.03; // Slots change hands.
const heard = (listener, talker) =>
  until(`${listener.name} hears ${talker.name}`, () => listener.hears(talker));
const notHeard = (listener, talker) =>
  until(`${listener.name} no longer hears ${talker.name}`, async () => !(await listener.hears(talker)));

/** Samples one listener until `enough(windows)`: each holds what arrived in it, and whether slots were reassigned around it. */
async function windows(listener, { most, windowMs, enough }) {
  const result = [];
  let before = await listener.inbound();
  let slotsBefore = (await listener.messages('slots')).length;
  while (result.length < most && !enough(result)) {
    await delay(windowMs);
    const after = await listener.inbound();
    const slotsAfter = (await listener.messages('slots')).length;
    result.push({ ...received(before, after), switched: slotsAfter !== slotsBefore });
    [before, slotsBefore] = [after, slotsAfter];
  }
  return result;
}

async function assertAtMostStreams(listener, limit) {
  const start = Date.now();
  const before = await listener.inbound();
  // A window in which a slot was reassigned may contain both the old and the new speaker. The talkers' pauses decide how often that happens.
  const steadyOf = (samples) => samples.filter((sample, i) => !sample.switched && samples[i + 1]?.switched === false && !samples[i - 1]?.switched);
  const samples = await windows(listener, { most: 100, windowMs: 500, enough: (taken) => taken.length >= 8 && steadyOf(taken).length >= 4 });
  const total = received(before, await listener.inbound());
  const seconds = (Date.now() - start) / 1000;
  const steady = steadyOf(samples);
  assert.ok(steady.length >= 4, `only ${steady.length} of ${samples.length} windows without a switch`);
  for (const { activeStreams } of steady) assert.ok(activeStreams <= limit, `${activeStreams} streams, at most ${limit} allowed`);
  const allowed = limit * PACKETS_PER_SECOND * seconds * 1.15;
  assert.ok(total.packets <= allowed, `${total.packets} packets in ${seconds} s are more than ${limit} streams have`);
  assert.ok(total.packets > 0, 'nothing was received');
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
    await ada.page.locator(`li.speaking-now[data-participant="${boris.participant}"]`).waitFor();
  });

  await t.test('A third and a fourth join and speak without a renegotiation', async () => {
    people.push(await VoicePage.join(browser, server, { name: 'Chen', room }));
    people.push(await VoicePage.join(browser, server, { name: 'Dunya', room, viewport: { width: 390, height: 844 } }));
    await until('four people are shown', async () => (await ada.page.locator('li.person').count()) === 4);
    await until('somebody new is heard', async () => (await ada.hears(people[2])) || (await ada.hears(people[3])));
    const [results] = await Promise.all([listenBothWays([[ada, boris], [boris, ada]]), assertAtMostStreams(ada, 2)]);
    assertHeardAsWell(t, results, CONCEALED_OF_FOUR);
    for (const person of people) assert.deepEqual(await person.signalling(), ONE_NEGOTIATION, person.name);
  });

  await t.test('The statistics panel has sane numbers', async () => {
    await ada.page.getByRole('button', { name: 'Statistics' }).click();
    const value = (label) => ada.page.locator('dt', { hasText: label }).locator('xpath=following-sibling::dd[1]');
    await until('rates are shown', async () => parseInt(await value('Receiving').textContent(), 10) > 0);
    assert.equal(await value('Negotiations').textContent(), '1');
    assert.match(await value('Speech concealed').textContent(), /^\d+\.\d %$/);
    assert.match(await value('Round trip').textContent(), /^\d+ ms$/);
  });

  await t.test('It looks right on a desk and on a phone', async () => {
    const [, , , phone] = people;
    await ada.page.screenshot({ path: join(environment.artifacts, 'voice-desktop.png') });
    await phone.page.screenshot({ path: join(environment.artifacts, 'voice-phone.png') });
    await phone.page.emulateMedia({ colorScheme: 'dark' });
    await phone.page.screenshot({ path: join(environment.artifacts, 'voice-phone-dark.png') });
    for (const { page } of [ada, phone]) {
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
    }
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

test('Mute, block and pin do what they say where one speaker is heard', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'single';
  await server.createRoom(room, { forwarding: { max_speakers: 1 } });
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
  const boris = await VoicePage.join(browser, server, { name: 'Boris', room });

  await t.test('A muted person is silent and shown as muted', async () => {
    await ada.page.keyboard.press('Space'); // The mute button has the focus after joining.
    await until('Ada is muted', async () => (await ada.page.locator('#mute').getAttribute('aria-pressed')) === 'true');
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
      await ada.tile(person).getByRole('button', { name: `Always hear ${person.name}` }).click();
      await ada.tile(person).getByText('Pinned').waitFor();
      await heard(ada, person);
      const stayed = [];
      for (let i = 0; i < 6; i += 1) {
        await delay(300);
        stayed.push(await ada.hears(person));
      }
      assert.ok(stayed.every(Boolean), `${person.name} was pinned and heard: ${stayed}`);
      await ada.tile(person).getByRole('button', { name: `Always hear ${person.name}` }).click();
      await until('the pin is gone', async () => !(await ada.tile(person).textContent()).includes('Pinned'));
    }
    await chen.page.getByRole('button', { name: 'Leave the room' }).click();
  });

  await t.test('A blocked person is not heard until they are let in again', async () => {
    await heard(ada, boris);
    const button = ada.tile(boris).getByRole('button', { name: 'Never hear Boris' });
    await button.click();
    await ada.tile(boris).getByText('Silenced by you').waitFor();
    await notHeard(ada, boris);
    await button.click();
    await heard(ada, boris);
  });

  await t.test('An unmuted person is heard again', async () => {
    await ada.page.getByRole('button', { name: 'Unmute' }).click();
    await boris.page.getByRole('button', { name: 'Mute' }).click();
    await heard(boris, ada);
  });

  await t.test('Whom the host has muted is told so, and stays silent even after a reload', async () => {
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

test('A second place replaces the first, and a page comes back when the server does', async (t) => {
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
    await boris.identify(2);
    const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
    await heard(ada, boris);
    await heard(boris, ada);
    const signalling = await boris.signalling();
    assert.ok(signalling.length >= 2, 'a new connection was made');
    for (const states of signalling) assert.ok(states.filter((state) => state === 'have-local-offer').length <= 1);
  });
});
