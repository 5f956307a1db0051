// SPDX-License-Identifier: Apache-2.0
// A page in a crowd: it shows a window of the room, finds the others, and goes on when its connections are cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startCall } from './harness/command.mjs';
import { startTcpRelay } from './harness/tcp_relay.mjs';
import { until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const CROWD = 55; // Five more than the window.
const room = 'crowd';

test('A page in a crowd', async (t) => {
  const server = await VecheServer.start(t);
  startCall(t, server, { room, 'name-prefix': room, participants: CROWD, talkers: 1, silence: 'none', 'join-rate': 40 });
  await server.connected(room, CROWD);
  const relay = await startTcpRelay(t, server);
  const browser = await launchBrowser(t);
  const ada = await VoicePage.join(browser, { url: relay.url }, { name: 'Ada', room, listenOnly: true });
  const { page } = ada;
  const rows = () => page.locator('#roster li.person').evaluateAll((all) => all.map(({ dataset }) => dataset.participant));
  const find = (text) => page.getByLabel('Find people in this room').fill(text);
  let other; // One that the window does not show.

  await t.test('It shows itself and the first fifty, and how many there are', async () => {
    await page.getByText(`${CROWD + 1} people`).waitFor();
    const seen = await ada.messages('snapshot').then(([{ data }]) => data.roster.map(({ participant }) => participant));
    assert.equal(seen.length, 51);
    assert.ok(seen.includes(ada.participant));
    await page.getByText(`51 of ${CROWD + 1}`).waitFor();
    other = Array.from({ length: CROWD }, (_, i) => `${room}-${i}`).find((name) => !seen.includes(name));
  });

  await t.test('It lists all, in pages, and finds one of them, who stays in view once pinned', async () => {
    await page.locator('#roster button').first().focus();
    await until('all of them are shown', async () => {
      await page.keyboard.press('End');
      return await page.locator('#roster li').last().getAttribute('aria-posinset') === `${CROWD + 1}`;
    });
    await find(other.toUpperCase());
    await until('few are left', async () => (await rows()).length < 10);
    await ada.press({ participant: other, name: other }, `Always hear ${other}`);
    await until('the server shows it', async () =>
      (await ada.messages('roster')).some(({ data }) => data.joined?.some(({ participant }) => participant === other)));
    await ada.tile(other).getByText('Pinned').waitFor();
  });

  await t.test('It goes on when its connections are cut, and misses nothing', async () => {
    relay.cut();
    const { status } = await server.api('DELETE', `/v1/rooms/${room}/participants/${other}`);
    assert.equal(status, 204);
    await page.getByText(`${CROWD} people`).waitFor();
    await until('the one that left is gone', async () => !(await rows()).includes(other));
    assert.equal((await ada.messages('resumed')).length, 1);
    assert.equal((await ada.messages('snapshot')).length, 1);
    const numbers = await page.evaluate(() => window.probe.messages.map(({ seq }) => seq));
    assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
    assert.equal((await ada.signalling()).length, 1, 'the call did not notice');
  });
});
