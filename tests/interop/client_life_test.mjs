// SPDX-License-Identifier: Apache-2.0
// The life of a call in Chromium: its tab is closed, its server killed, its page frozen, and it joins and leaves in haste.

import assert from 'node:assert/strict';

import { concurrentTests } from './harness/concurrent_tests.mjs';
import { tryTwice } from './harness/retry.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { bothHear, ClientPage } from './pages/client_page.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const test = concurrentTests(2);
const ROSTER_MS = 1000;

test('A tab that is closed is gone within a second, and haste leaves one session', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'life';
  const boris = await ClientPage.join(browser, server, { room, participant: 'boris', listens: true });

  await t.test('A tab that is closed is gone within a second, for the server and for the others', () => tryTwice('a tab that is closed', async () => {
    const ada = await ClientPage.join(browser, server, { room, participant: 'ada' });
    await until('Boris sees Ada', async () => (await boris.roster()).includes('ada'));
    await boris.page.evaluate(() => {
      window.gone = new Promise((resolve) => window.client.addEventListener('roster', () => !window.client.roster.has('ada') && resolve(Date.now())));
    });
    const closedAtMs = Date.now();
    await ada.page.close({ runBeforeUnload: true }); // As a person does; without it no page hears of it.
    const goneAfterMs = (await boris.page.evaluate(() => window.gone)) - closedAtMs;
    t.diagnostic(`the others see it after ${goneAfterMs} ms`);
    assert.ok(goneAfterMs < 1000, `${goneAfterMs} ms`);
    assert.deepEqual(await server.present(room), ['boris']);
    const { body: { earlier } } = await server.api('GET', `/v1/rooms/${room}/participants/ada/trace`);
    const left = earlier?.entries.find(({ type }) => type === 'participant.left');
    if (left) assert.equal(left.data.reason, 'left');
  }));

  await t.test('Join, leave and join in haste leave one session, which is heard', async () => {
    const ada = await ClientPage.open(browser, server, { room, participant: 'ada' });
    await ada.page.evaluate(async () => {
      const stream = await window.openMicrophone();
      for (let i = 0; i < 3; i += 1) {
        window.client.join(stream);
        window.client.leave({ keepMicrophone: true });
      }
      await window.client.join(stream);
    });
    await ada.is('connected');
    await boris.hears(ada);
    assert.deepEqual(await server.present(room), ['ada', 'boris']);
    assert.deepEqual(await boris.roster(), ['ada', 'boris']);
    const open = await ada.page.evaluate(() => window.probe.connections.filter(({ pc }) => pc.connectionState !== 'closed').length);
    assert.equal(open, 1);
    assert.deepEqual(ada.errors, []);
  });
});

test('A server that is killed and starts again gets its people back, and each sees exactly those', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'killed';
  const ada = await ClientPage.join(browser, server, { room, participant: 'ada' });
  const boris = await ClientPage.join(browser, server, { room, participant: 'boris' });
  const carol = await ClientPage.join(browser, server, { room, participant: 'carol', listens: true });
  await bothHear(ada, boris);
  await ada.page.evaluate(() => Promise.all([window.client.setMuted(true), window.client.pin(['boris'])]));

  await server.kill();
  await until('Ada notices', () => ada.page.evaluate(() => window.client.state === 'reconnecting'));
  await carol.page.evaluate(() => window.client.leave());
  await server.launch();
  const startedAtMs = Date.now();
  await Promise.all([ada.is('connected'), boris.is('connected')]);
  t.diagnostic(`back ${Date.now() - startedAtMs} ms after the start: ${JSON.stringify(await ada.states())}`);
  for (const person of [ada, boris]) {
    await until(`${person.participant} sees exactly those who are there`, async () => (await person.roster()).join() === 'ada,boris', ROSTER_MS * 5);
  }
  await ada.hears(boris);
  const entry = await until('the server knows again that Ada is muted', async () =>
    (await server.api('GET', `/v1/rooms/${room}/participants/ada`)).body.muted_by_self && (await server.api('GET', `/v1/rooms/${room}/participants/ada`)).body);
  assert.deepEqual(entry.pinned, ['boris']);
  await ada.page.evaluate(() => window.client.setMuted(false));
  await boris.hears(ada);
  assert.deepEqual(await server.present(room), ['ada', 'boris']);
});

test('Failures on demand pass, in one session where that is enough, and other slots take another', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'demand';
  const ada = await ClientPage.join(browser, server, { room, participant: 'ada' });
  const boris = await ClientPage.join(browser, server, { room, participant: 'boris' });
  await bothHear(ada, boris);
  const failures = [['ice-failed', 1], ['events-lost', 1], ['network-loss', 1], ['server-restart', 2]];
  for (const [what, sessions] of failures) {
    await ada.page.evaluate((failure) => window.client.simulate(failure, { ms: 1000 }), what);
    await ada.is('connected');
    await bothHear(ada, boris);
    assert.equal(await ada.sessions(), sessions, what);
  }
  const generations = await ada.page.evaluate(() => window.probe.connections[0].states.filter((state) => state === 'have-local-offer').length);
  assert.equal(generations, 3, 'the first offer, and an ICE restart after each of two failures');
  await ada.page.evaluate(() => window.client.setSlots(1));
  await ada.is('connected');
  await bothHear(ada, boris);
  const sections = await ada.page.evaluate(() => window.probe.connections.at(-1).pc.getTransceivers().length);
  assert.equal(sections, 2);
  await ada.page.evaluate(async () => window.client.setMicrophone(await window.openMicrophone()));
  await boris.hears(ada);
  assert.equal(await ada.sessions(), 3);
  assert.deepEqual(await server.present(room), ['ada', 'boris']);

  ada.page.evaluate(() => window.client.simulate('network-loss', { ms: 3000 })).catch(() => {}); // The test may end before.
  const elsewhere = await ClientPage.join(browser, server, { room, participant: 'ada' });
  await ada.is('closed');
  assert.equal((await ada.states()).at(-1).reason, 'replaced', 'it does not push out the place that has joined meanwhile');
  await bothHear(elsewhere, boris);
  assert.deepEqual(ada.errors, []);
});

test('A page that was frozen goes on, and sees what happened meanwhile', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'frozen';
  const ada = await ClientPage.join(browser, server, { room, participant: 'ada' });
  const boris = await ClientPage.join(browser, server, { room, participant: 'boris' });
  await bothHear(ada, boris);
  const devtools = await ada.page.context().newCDPSession(ada.page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await server.api('PATCH', `/v1/rooms/${room}/participants/boris`, { name: 'Boris the Second' });
  await delay(3000);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await until('Ada sees the new name', () => ada.page.evaluate(() => window.client.roster.get('boris')?.name === 'Boris the Second'));
  await ada.is('connected');
  await bothHear(ada, boris);
  assert.deepEqual(await server.present(room), ['ada', 'boris']);
});
