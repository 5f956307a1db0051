// SPDX-License-Identifier: Apache-2.0
// The voice page in a room of a hundred: it stays small, finds everybody, keeps speakers in view, and is usable by keyboard and by a moderator.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { violations } from './pages/accessibility.mjs';
import { gather, nameOf } from './pages/crowd.mjs';
import { heard, notHeard } from './pages/hearing.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const CROWD = 100;
const PEOPLE = CROWD + 2;
const ROWS = 40; // As many as a window of 800 pixels has, and some around them.
const ELEMENTS = 800;
const room = 'town-hall';

const rows = (page) => page.locator('#roster li').evaluateAll((all) => all.map(({ dataset }) => dataset.participant));
const stage = (page) => page.locator('#stage li.speaker').evaluateAll((all) =>
  all.sort((a, b) => a.style.order - b.style.order).map(({ dataset }) => dataset.participant));
const screenshot = (page, name) => page.screenshot({ path: join(environment.artifacts, `${name}.png`) });
const dialog = (page, name) => page.getByRole('dialog', { name });
const big = (page) => page.locator('#mute');

/** Collects the page's audio elements, which are in no document. */
const collectPlayers = (page) => page.addInitScript(() => {
  window.players = [];
  window.Audio = class extends window.Audio {
    constructor(...options) {
      super(...options);
      window.players.push(this);
    }
  };
});

test('A page in a room of a hundred', async (t) => {
  const server = await VecheServer.start(t, { plugins: [{ name: 'forwarding', required: true, config: { max_speakers: 3 } }, { name: 'adaptive' }] });
  const browser = await launchBrowser(t);
  const crowd = gather(t, server, { room, count: CROWD, talkers: 2, turn: 2 });

  await t.test('The first page and its settings are accessible, and it says what a refusal needs', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url);
    const found = await violations(page, 'join page');
    await page.getByRole('button', { name: 'Microphone and settings' }).click();
    await page.getByRole('button', { name: 'Test' }).click();
    await until('the level of the microphone is shown', () => page.getByRole('meter').evaluate((meter) => meter.value > 0.05));
    found.push(...await violations(page, 'settings'));
    assert.deepEqual(found, []);
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('Permission denied', 'NotAllowedError'); };
    });
    await page.getByLabel('Your name').fill('Eve');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.locator('#join-problem').getByText('Please allow this page to use the microphone').waitFor();
    await page.close();
  });

  await crowd;
  const ada = await VoicePage.join(browser, server, { name: 'Ada Lovelace', room, prepare: collectPlayers });
  const { token } = await server.invite(room, 'bo');
  await server.api('PATCH', `/v1/rooms/${room}/participants/bo`, { name: 'Bo Bergman' });
  const fragment = `#room=${room}&participant=bo&token=${encodeURIComponent(token)}`;
  const bo = await VoicePage.join(browser, server, { name: 'Bo Bergman', room, fragment, listenOnly: true, viewport: { width: 390, height: 844 } });
  const { page } = ada;

  await t.test('It says how many there are, lists all of them, and has few elements', async () => {
    await page.getByText(`${PEOPLE} people`).waitFor();
    await page.locator('#network').getByText('Good network').waitFor();
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
    const [shown, before] = [await rows(page), await elements()];
    assert.equal(shown[0], ada.participant);
    assert.ok(shown.length >= 10 && shown.length <= ROWS, `${shown.length} rows`);
    const seen = new Set(shown);
    await page.locator('#roster-scroller').evaluate((scroller) => scroller.querySelector('button').focus());
    await until('everybody was in the list', async () => {
      await page.keyboard.press('PageDown');
      const now = await rows(page);
      assert.ok(now.length <= ROWS, `${now.length} rows`);
      for (const participant of now) seen.add(participant);
      return seen.size === PEOPLE;
    });
    await page.keyboard.press('End');
    assert.equal(await page.locator('#roster li').last().getAttribute('aria-posinset'), `${PEOPLE}`);
    assert.ok(await elements() < Math.min(ELEMENTS, before + 100), `${before} elements became ${await elements()}`);
    await page.keyboard.press('Home');
    await until('the first one has the focus', () => page.evaluate(() => document.activeElement.closest('li')?.getAttribute('aria-posinset') === '1'));
  });

  await t.test('A search finds a person whom the page does not see, and pins it', async () => {
    const seen = await page.evaluate(() => window.probe.messages.find(({ type }) => type === 'snapshot').data.roster.map(({ participant }) => participant));
    const number = Array.from({ length: CROWD }, (_, i) => i).findLast((i) => !seen.includes(`crowd-${i}`));
    const person = { participant: `crowd-${number}`, name: nameOf(number) };
    await page.keyboard.press('/');
    await page.keyboard.type(person.name.toUpperCase());
    await page.getByText('1 person found').waitFor();
    assert.deepEqual(await rows(page), [person.participant]);
    await ada.press(person, `Always hear ${person.name}`);
    await ada.tile(person).getByText('Pinned').waitFor();
    await ada.press(person, `Always hear ${person.name}`);
    await ada.tile(person).getByText('Pinned').waitFor({ state: 'hidden' });
    await page.getByLabel('Find people in this room').fill('nobody of this name');
    await page.getByText('Nobody has this name').waitFor();
    await page.getByLabel('Find people in this room').fill('');
    await until('the list is back', async () => (await rows(page)).length > 10);
  });

  await t.test('Speakers are on top, and stay where they are while the pointer is there', async () => {
    await until('the stage is full', async () => (await stage(page)).length === 8);
    const dominant = await until('somebody speaks', () => page.locator('#stage li.speaking-now').first().getAttribute('data-participant'));
    assert.ok((await stage(page)).includes(dominant));
    const changes = async () => (await ada.messages('speakers')).length;
    await page.locator('#stage').hover({ position: { x: 60, y: 60 } });
    const [before, start] = [await stage(page), await changes()];
    await until('others spoke', async () => await changes() >= start + 4);
    assert.deepEqual(await stage(page), before);
    await page.mouse.move(5, 5);
    await until('they are on the stage now', async () => (await stage(page)).join() !== before.join());
  });

  await t.test('A person has a volume of its own, in whichever slot it is played', async () => {
    const quiet = await until('somebody speaks', () => page.evaluate(() =>
      document.querySelector('#stage li.speaking-now[data-participant^="crowd"]')?.dataset.participant));
    await page.locator(`#stage li[data-participant="${quiet}"]`).getByRole('button').click();
    await page.getByLabel('Volume for me').fill('30');
    await page.getByText('30 %').waitFor();
    await page.keyboard.press('Escape');
    await until('a player is quiet', () => page.evaluate(() => window.players.some(({ volume }) => Math.abs(volume - 0.3) < 0.01)));
  });

  await t.test('Keys do it all: the list, a card and back, muting, the settings', async () => {
    await big(page).focus();
    await page.keyboard.press('Space');
    await big(page).getByText('Unmute').waitFor();
    await page.keyboard.press('m');
    await big(page).getByText('Mute', { exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('Tab');
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.locator('#card').waitFor();
    const name = await page.locator('#card-name').textContent();
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), `About ${name}`);
    await page.keyboard.press('?');
    await dialog(page, 'Settings').waitFor();
    await page.getByLabel('Shortcuts of one key').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    assert.equal(await big(page).textContent().then((text) => text.trim()), 'Mute');
  });

  await t.test('With push to talk a person is heard while the key is down', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Push to talk').check();
    await page.keyboard.press('Escape');
    await big(page).getByText('Hold to talk').waitFor();
    await big(page).focus();
    await page.keyboard.down('Space');
    await big(page).getByText('Talking').waitFor();
    await heard(bo, ada);
    await page.keyboard.up('Space');
    await big(page).getByText('Hold to talk').waitFor();
    await notHeard(bo, ada);
  });

  await t.test('Another microphone, an output and fewer voices are chosen in the call', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    const choice = page.getByLabel('Microphone', { exact: true });
    const other = await until('microphones are listed', () => choice.evaluate(({ options }) => options[2]?.value));
    await choice.selectOption(other);
    await until('it is sent', () => page.evaluate((id) =>
      window.probe.connections.at(-1).pc.getSenders().some(({ track }) => track?.getSettings().deviceId === id), other));
    const output = page.getByLabel('Output');
    const speaker = await output.evaluate(({ options }) => options[options.length - 1].value);
    await output.selectOption(speaker);
    await until('it is used', () => page.evaluate((id) => window.players.every(({ sinkId }) => sinkId === id), speaker));
    assert.equal(await ada.signalling().then((all) => all.length), 1, 'in the same session');
    await page.getByLabel('People I hear at once').selectOption('1');
    await page.getByLabel('Push to talk').uncheck();
    await page.keyboard.press('Escape');
    await until('one slot is left', () => page.evaluate(() => window.probe.connections.at(-1).pc.getReceivers().length === 2));
    await ada.connected();
  });

  await t.test('A listener turns a microphone on in the call', async () => {
    await big(bo.page).getByText('Use microphone').click();
    await big(bo.page).getByText('Mute', { exact: true }).waitFor();
    await until('Bo sends', async () => (await bo.statistics('outbound-rtp')).some(({ packetsSent }) => packetsSent > 0));
  });

  await t.test('A moderator mutes, locks and removes; a page with a token alone has none of that', async () => {
    assert.equal(await bo.page.getByRole('button', { name: 'Moderate' }).count(), 0);
    await page.getByLabel('Find people in this room').fill('Bo Bergman');
    await page.getByText('1 person found').waitFor();
    await ada.press(bo, 'Mute Bo Bergman for everybody');
    await ada.tile(bo).getByText('Muted by the host').waitFor();
    await page.getByRole('button', { name: 'Moderate' }).click();
    await page.getByRole('button', { name: 'Lock the room' }).click();
    await page.locator('#locked').waitFor();
    await page.getByLabel('Find people in this room').fill('');
    await until('the list is back', async () => (await rows(page)).length > 10);
    await screenshot(page, 'page-moderator');
    const late = await (await browser.newContext()).newPage();
    await late.goto(`${server.url}/#room=${room}&name=Late`);
    await late.getByRole('button', { name: 'Join without a microphone' }).click();
    await late.locator('#join-problem').getByText('a moderator has locked it').waitFor();
    await page.getByRole('button', { name: 'Unlock the room' }).click();
    await page.locator('#locked').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Moderate' }).click();
  });

  await t.test('The call, a card and the panels are accessible, and nothing is too wide', async () => {
    const found = await violations(page, 'call');
    await page.locator('#stage').getByRole('button').first().click();
    found.push(...await violations(page, 'card'));
    await page.keyboard.press('Escape');
    for (const panel of ['Moderate', 'Statistics']) {
      await page.getByRole('button', { name: panel }).click();
      found.push(...await violations(page, panel));
    }
    found.push(...await violations(bo.page, 'phone'));
    assert.deepEqual(found, []);
    for (const each of [page, bo.page]) assert.ok(await each.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });

  await t.test('The statistics have sane numbers', async () => {
    const value = (label) => page.locator('dt', { hasText: label }).locator('xpath=following-sibling::dd[1]').textContent();
    await until('rates are shown', async () => parseInt(await value('Receiving'), 10) > 0);
    assert.equal(await value('Negotiations'), '1');
    assert.match(await value('Speech concealed'), /^\d+\.\d %$/);
    assert.match(await value('Round trip'), /^\d+ ms$/);
    await page.getByRole('button', { name: 'Statistics' }).click();
  });

  await t.test('A person whom the system has muted is told so', async () => {
    const sayMuted = (muted) => page.evaluate((isMuted) => {
      const { track } = window.probe.connections.at(-1).pc.getSenders().find((sender) => sender.track);
      Object.defineProperty(track, 'muted', { value: isMuted, configurable: true });
      track.dispatchEvent(new Event(isMuted ? 'mute' : 'unmute'));
    }, muted);
    await sayMuted(true);
    await page.getByRole('alert').getByText('You are muted by your system').waitFor();
    await sayMuted(false);
    await page.getByText('You are muted by your system').waitFor({ state: 'hidden' });
  });

  await t.test('It looks right on a desk and on a phone, in light and in dark', async () => {
    await big(page).focus();
    await screenshot(page, 'page-desktop');
    await screenshot(bo.page, 'page-phone');
    await page.emulateMedia({ colorScheme: 'dark' });
    await screenshot(page, 'page-desktop-dark');
  });

  await t.test('Who is removed reads why; who loses the server sees which attempt comes when', async () => {
    await page.getByLabel('Find people in this room').fill('bo b');
    const card = await ada.open(bo);
    await card.getByRole('button', { name: 'Remove from the room' }).click();
    await card.getByLabel('Reason').fill('Please come back with a microphone');
    await card.getByRole('button', { name: 'Remove', exact: true }).click();
    await bo.page.locator('#join-problem').getByText('You were removed from the room. Please come back with a microphone').waitFor();
    await card.waitFor({ state: 'hidden' });
    await server.stop();
    await page.locator('#banner').getByText(/Attempt \d+ in \d+ s/).waitFor();
    assert.deepEqual(await violations(page, 'reconnecting'), []);
  });
});
