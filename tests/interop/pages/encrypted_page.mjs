// SPDX-License-Identifier: Apache-2.0
// One person whose page uses the library itself, with a key of its own: beside the voice page, under whose policy it runs.

import { fileURLToPath } from 'node:url';

import { until } from '../harness/until.mjs';

const PROBE = fileURLToPath(new URL('page_probe.js', import.meta.url));

/** In the page: joins, and keeps what happens in `window.call`. */
async function joinInPage({ room, participant, token, key, index, slots }) {
  const { SFUVoiceClient } = await import('/src/index.js');
  const { Encryption } = await import('/src/e2ee/index.js');
  const encryption = key === null ? null : new Encryption();
  if (key) await encryption.setKey(null, Uint8Array.from(key), { index });
  const client = new SFUVoiceClient({ room, participant, token, slots, encryption });
  const states = [];
  client.addEventListener('encryption', ({ detail }) => states.push(`${detail.participant} ${detail.state}`));
  const problems = [];
  client.addEventListener('problem', ({ detail }) => problems.push(detail.message));
  window.call = { client, encryption, states, problems };
  await client.join(await navigator.mediaDevices.getUserMedia({ audio: true }));
}

export class EncryptedPage {
  errors = [];

  /** `key`: 32 bytes as a list, everybody's; null: the page does not encrypt. */
  static async join(browser, server, { participant, room, key, index = 0, slots = 3 }) {
    const person = new EncryptedPage();
    const page = await (await browser.newContext()).newPage();
    Object.assign(person, { page, participant, room, key, index, slots, server });
    page.on('pageerror', (error) => person.errors.push(error.message));
    await page.addInitScript({ path: PROBE });
    await page.goto(`${server.url}/`);
    await person.enter();
    return person;
  }

  /** Loads the page again, and joins as the same participant. */
  async reload() {
    await this.page.reload();
    await this.enter();
  }

  async enter() {
    const { token } = await this.server.invite(this.room, this.participant);
    const { participant, room, key, index, slots } = this;
    await this.page.evaluate(joinInPage, { room, participant, token, key, index, slots });
    await until(`${participant} is connected`, () => this.page.evaluate(() => window.call.client.state === 'connected'));
  }

  inbound() {
    return this.page.evaluate(() => window.probe.inbound());
  }

  /** `participant state`, in the order of the events. */
  states() {
    return this.page.evaluate(() => window.call.states);
  }

  counts() {
    return this.page.evaluate(() => window.call.encryption.counts());
  }

  setKey(key, options) {
    return this.page.evaluate(([bytes, how]) => window.call.encryption.setKey(null, Uint8Array.from(bytes), how), [key, options]);
  }

  useKey(index) {
    return this.page.evaluate((which) => window.call.encryption.useKey(null, which), index);
  }

  /** Whom the server takes for speaking. */
  speaking() {
    return this.page.evaluate(() => [...window.call.client.speaking]);
  }

  problems() {
    return this.page.evaluate(() => window.call.problems);
  }
}
