// SPDX-License-Identifier: Apache-2.0
// The voice page in a headless Chromium with a fake microphone, driven as a person would.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { atEnd } from '../harness/cleanup.mjs';
import { patient } from '../harness/patient.mjs';
import { audioIn, scratch } from '../harness/scratch.mjs';
import { until } from '../harness/until.mjs';
import { environment } from '../harness/veche_server.mjs';
import { speechWav } from './speech_wav.mjs';

export { received } from './received.mjs';

export const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
/** The same without what draws windows, for half the processor time. */
const HEADLESS_SHELL = environment.full ? CHROMIUM : process.env.CHROMIUM_BIN ?? '/usr/bin/chromium-headless-shell';
const PROBE = fileURLToPath(new URL('page_probe.js', import.meta.url));
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/**
 * A browser whose pages all have the same talkative microphone. Ends with the test `t`. `prefix` is put before its command line;
 * `server` is given if it does not listen on loopback.
 */
export async function launchBrowser(t, { prefix = [], server } = {}) {
  const directory = scratch(t, 'microphone');
  const wav = join(directory, 'speech.wav');
  writeFileSync(wav, speechWav());
  const args = [...FLAGS, `--use-file-for-fake-audio-capture=${wav}`];
  if (server) args.push(`--host-resolver-rules=MAP ${new URL(server.pages).hostname} ${new URL(server.url).hostname}`);
  const executablePath = prefix.length > 0 ? join(directory, 'chromium') : HEADLESS_SHELL;
  if (prefix.length > 0) writeFileSync(executablePath, `#!/bin/sh\nexec ${prefix.join(' ')} ${HEADLESS_SHELL} "$@"\n`, { mode: 0o755 });
  const browser = patient(await chromium.launch({ executablePath, headless: true, args, env: audioIn(directory) }));
  atEnd(t, () => browser.close());
  return browser;
}

/** One person at the page. */
export class VoicePage {
  errors = [];

  /**
   * Opens the page, fills in the form, joins, and waits until the page says that it is connected. `prepare` may do something
   * to the page before it opens; with `bypassCSP` the page may load scripts of the test. `context`: that of a person who has logged in.
   */
  static async join(browser, server,
    { name, room, fragment = '', listenOnly = false, viewport = { width: 1280, height: 800 }, prepare = () => {}, bypassCSP = false, context }) {
    const person = new VoicePage();
    const page = await (context ?? await browser.newContext({ viewport, bypassCSP })).newPage();
    Object.assign(person, { page, name, room, listenOnly });
    page.on('pageerror', (error) => person.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && person.errors.push(`${message.text()} ${message.location().url}`));
    await page.addInitScript({ path: PROBE });
    await prepare(page);
    await page.goto(`${server.pages ?? server.url}/${fragment}`);
    await person.submit();
    return person;
  }

  async submit() {
    await this.page.getByLabel('Your name').fill(this.name);
    if (await this.page.getByLabel('Room', { exact: true }).isEditable()) await this.page.getByLabel('Room', { exact: true }).fill(this.room);
    await this.page.getByRole('button', { name: this.listenOnly ? 'Join without a microphone' : 'Join', exact: true }).click();
    await this.connected();
    await this.identify();
  }

  /** Reads this page's identity from its last snapshot: each session of it has another source number. */
  async identify() {
    const { data: { self } } = await until('the snapshot came', async () => (await this.messages('snapshot')).at(-1));
    this.participant = self.participant;
    this.sourceNumber = self.source_number;
  }

  async connected() {
    await this.page.getByRole('status').getByText('Connected').waitFor().catch(async (error) => {
      throw new Error(`${this.name} is not connected: ${await this.page.locator('#join-problem').textContent()} ${error.message}`);
    });
  }

  inbound() {
    return this.page.evaluate(() => window.probe.inbound());
  }

  /** The sound from the other person without the server, after connectDirectly(). */
  directInbound(other) {
    return this.page.evaluate((name) => window.probe.directInbound(name), other.name);
  }

  /** How far the connection to the other person without the server has come. */
  directState(other) {
    return this.page.evaluate((name) => window.probe.directState(name), other.name);
  }

  /** All of `getStats` that has this type. */
  statistics(type) {
    return this.page.evaluate((wanted) => window.probe.statistics(wanted), type);
  }

  /** Samples of the network from now on, each `everyMs`. */
  record(durationMs, everyMs = 50) {
    return this.page.evaluate(([duration, every]) => window.probe.record(duration, every), [durationMs, everyMs]);
  }

  /** The local and the remote address between which media flows. */
  pair() {
    return this.page.evaluate(() => window.probe.pair());
  }

  /** Mutes or unmutes, with the button. */
  async setMuted(muted) {
    await this.page.getByRole('button', { name: muted ? 'Mute' : 'Unmute', exact: true }).click();
  }

  /** Signalling states of every PeerConnection that the page ever made. */
  signalling() {
    return this.page.evaluate(() => window.probe.connections.map(({ states }) => states));
  }

  /** When the page was told that slots were reassigned, in milliseconds since 1970. */
  switches() {
    return this.page.evaluate(() => window.probe.messages.filter(({ type }) => type === 'slots').map(({ timeMs }) => Date.now() - performance.now() + timeMs));
  }

  messages(type) {
    return this.page.evaluate((wanted) => window.probe.messages.filter((message) => message.type === wanted), type);
  }

  /** `other`: a page, or a source number. */
  async hears(other) {
    if (other.page?.isClosed() === false) await other.identify();
    const sources = await this.page.evaluate(() => window.probe.sources());
    return sources.includes(other.sourceNumber ?? other);
  }

  /** The person's row in the list. */
  tile(other) {
    return this.page.locator(`li.person[data-participant="${other.participant ?? other}"]`);
  }

  /** Opens the card of another person, whose row is in view. */
  async open(other) {
    await this.tile(other).getByRole('button').click();
    return this.page.getByRole('dialog', { name: other.name });
  }

  /** Presses a button of another person's card. */
  async press(other, button) {
    const card = await this.open(other);
    await card.getByRole('button', { name: button, exact: true }).click();
    await this.page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
  }

  speaking() {
    return this.page.getByLabel('Who speaks').textContent();
  }
}
