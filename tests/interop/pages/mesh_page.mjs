// SPDX-License-Identifier: Apache-2.0
// A page with nothing but a VoiceClient, at the backend of examples/fastapi-backend.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { until } from '../harness/until.mjs';

const EAR = fileURLToPath(new URL('ear.js', import.meta.url));

/** In the page. */
async function enter({ room, muted }) {
  const { VoiceClient } = await import('/voice/src/mesh/index.js');
  const client = new VoiceClient({ room, slots: 3 });
  const record = { client, transports: [], states: [], problems: [] };
  window.call = record;
  client.addEventListener('transport', ({ detail }) => record.transports.push({ ...detail, atMs: Date.now() }));
  client.addEventListener('state', ({ detail: { state, reason } }) => record.states.push(`${state} ${reason}`.trim()));
  client.addEventListener('problem', ({ detail: { code, message } }) => record.problems.push(`${code}: ${message}`));
  await client.setMuted(muted);
  await client.join(await navigator.mediaDevices.getUserMedia({ audio: true }));
}

export class MeshPage {
  errors = [];

  /** Logs in, and joins; muted if so. */
  static async join(browser, backend, { user, room, muted = false }) {
    const person = new MeshPage();
    const context = await browser.newContext({ bypassCSP: true });
    const { status } = await context.request.post(`${backend.url}/api/login`, { data: { user, password: `${user}-demo` } }).then((answer) => ({ status: answer.status() }));
    assert.equal(status, 200, `${user} logs in`);
    const page = await context.newPage();
    Object.assign(person, { user, page });
    page.on('pageerror', (error) => person.errors.push(error.message));
    await page.addInitScript({ path: EAR });
    await page.goto(`${backend.url}/healthz`);
    await page.evaluate(enter, { room, muted });
    return person;
  }

  get transport() {
    return this.page.evaluate(() => window.call.client.transport);
  }

  /** Every event `transport`: {transport, reason, gapMs, atMs}. */
  get transports() {
    return this.page.evaluate(() => window.call.transports);
  }

  /** Calls a method of the client. */
  call(method, ...words) {
    return this.page.evaluate(([name, given]) => window.call.client[name](...given), [method, words]);
  }

  /** Who is heard just now, by the client. */
  levels() {
    return this.page.evaluate(() => [...window.call.client.levels()].filter(([, level]) => level > 0.001).map(([participant]) => participant).sort());
  }

  roster() {
    return this.page.evaluate(() => [...window.call.client.roster.keys()].sort());
  }

  uses(transport, limitMs) {
    return until(`${this.user} uses the ${transport}`, async () => (await this.transport) === transport, limitMs);
  }

  hears(other) {
    return until(`${this.user} hears ${other.user}`, async () => (await this.levels()).includes(other.user));
  }

  /** From now on what the page plays is listened to. */
  async listen() {
    await this.page.evaluate(() => window.ear.open());
    await until(`${this.user} plays something`, () => this.page.evaluate(() => window.ear.blocks.slice(-10).some((isSound) => isSound)));
  }

  /** A point of what was listened to. */
  mark() {
    return this.page.evaluate(() => window.ear.blocks.length);
  }

  longestSilenceMs(mark) {
    return this.page.evaluate((from) => window.ear.longestSilenceMs(from), mark);
  }
}
