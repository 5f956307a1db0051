// SPDX-License-Identifier: Apache-2.0
// The page of plugins/metrics in Chromium: it asks for a key, and shows the figures of a call.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { startCall } from './harness/command.mjs';
import { until } from './harness/until.mjs';
import { environment, KEY, VecheServer } from './harness/veche_server.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

test('The dashboard refuses a wrong key and draws a call while it lasts', async (t) => {
  const server = await VecheServer.start(t, { plugins: [{ name: 'forwarding', required: true }, { name: 'metrics', required: true }] });
  startCall(t, server, { room: 'call', participants: 6, talkers: 2, silence: 'dtx' });
  const browser = await launchBrowser(t);
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const foreign = [];
  page.on('request', (request) => new URL(request.url()).origin === server.url || foreign.push(request.url()));
  await page.goto(`${server.url}/v1/plugins/metrics/dashboard`);
  const show = async (key) => {
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Show' }).click();
  };
  await show('nobody.knows-this-key');
  await until('the page refuses the key', async () => /does not take this key/.test(await page.locator('#status').textContent()));
  assert.equal(await page.locator('figure').count(), 0);

  await show(KEY);
  const value = async (name) => parseFloat(await page.locator(`#${name} b`).textContent());
  await until('the page shows six sessions', async () => (await page.locator('figure').count()) > 0 && (await value('sessions')) === 6);
  await until('the page shows two speakers', async () => (await value('speakers')) === 2);
  await until('the page shows packets', async () => (await value('packets_out_per_s')) > 200);
  await until('a line has several points', async () =>
    (await page.locator('#packets_out_per_s polyline').getAttribute('points')).split(' ').length >= 4);
  assert.match(await page.locator('#sessions svg').getAttribute('aria-label'), /Connected sessions: now 6/);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 1100, `the page is ${width} pixels wide`);
  await page.screenshot({ path: join(environment.artifacts, 'dashboard.png') });
  await page.reload();
  await until('the key lasts for the tab', async () => (await page.locator('figure').count()) === 17);
  assert.deepEqual(foreign, []);
  assert.deepEqual(errors, []);
});
