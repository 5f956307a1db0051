// SPDX-License-Identifier: Apache-2.0
// One person whose page uses the client library itself, without the voice page: what becomes of the call can be read and timed.

import { fileURLToPath } from 'node:url';

import { LIMIT_MS, until } from '../harness/until.mjs';

const PROBE = fileURLToPath(new URL('page_probe.js', import.meta.url));

/** In the page: makes a client, `window.client`, and keeps its states. */
async function makeClient(options) {
  const { SFUVoiceClient } = await import('/src/index.js');
  const client = new SFUVoiceClient(options);
  window.client = client;
  window.states = [];
  client.addEventListener('state', ({ detail: { state, reason, attempt, retryMs, error } }) =>
    window.states.push({ atMs: Date.now(), state, reason, attempt, retryMs, code: error?.code }));
  window.openMicrophone = () => navigator.mediaDevices.getUserMedia({ audio: true });
  /** When sound of this participant was heard for the first time after `sinceMs`; null: not before the limit. */
  window.heardAfter = async (participant, sinceMs, limitMs) => {
    for (const end = Date.now() + limitMs; Date.now() < end;) {
      const source = client.roster.get(participant)?.source_number;
      const receivers = window.probe.connections.at(-1).pc.getReceivers();
      const heard = receivers.flatMap((receiver) => receiver.getContributingSources()).filter((each) => each.source === source && each.timestamp > sinceMs);
      if (heard.length > 0) return Math.min(...heard.map(({ timestamp }) => timestamp));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return null;
  };
}

export class ClientPage {
  errors = [];

  /** Opens a page with a client that has not joined. `options` are the client's. */
  static async open(browser, server, { room, participant, slots = 2, ...options }) {
    const person = new ClientPage();
    const page = await (await browser.newContext()).newPage();
    const { token } = await server.invite(room, participant);
    Object.assign(person, { page, participant, room, server });
    page.on('pageerror', (error) => person.errors.push(error.message));
    await page.addInitScript({ path: PROBE });
    await page.goto(`${server.pages}/package.json`); // A page of the server, without scripts of its own.
    await page.evaluate(makeClient, { room, participant, token, slots, ...options });
    return person;
  }

  static async join(browser, server, options) {
    const person = await ClientPage.open(browser, server, options);
    await person.page.evaluate(async (listens) => window.client.join(listens ? null : await window.openMicrophone()), options.listens ?? false);
    await person.is('connected');
    return person;
  }

  /** Waits for a state of the call. */
  is(state, limitMs) {
    return until(`the call of ${this.participant} is ${state}`, () => this.page.evaluate((wanted) => window.client.state === wanted, state), limitMs);
  }

  states() {
    return this.page.evaluate(() => window.states);
  }

  roster() {
    return this.page.evaluate(() => [...window.client.roster.keys()].sort());
  }

  sessions() {
    return this.page.evaluate(() => window.client.sessions);
  }

  /** The time at which it hears sound of the other that is younger than `sinceMs`. */
  async hears(other, sinceMs = Date.now(), limitMs = LIMIT_MS) {
    const atMs = await this.page.evaluate((wanted) => window.heardAfter(...wanted), [other.participant, sinceMs, limitMs]);
    if (atMs === null) throw new Error(`${this.participant} does not hear ${other.participant} within ${limitMs} ms: ${JSON.stringify(await this.states())}`);
    return atMs;
  }
}

export const bothHear = (one, other) => Promise.all([one.hears(other), other.hears(one)]);
