// SPDX-License-Identifier: Apache-2.0
// The voice page in a headless Chromium with a fake microphone, driven the way a person would.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { atEnd } from './cleanup.mjs';
import { speechWav } from './speech_wav.mjs';
import { until } from './until.mjs';

const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
const PROBE = fileURLToPath(new URL('page_probe.js', import.meta.url));
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/** A browser whose pages all have the same talkative microphone. Ends with the test `t`. */
export async function launchBrowser(t) {
  const directory = mkdtempSync(join(tmpdir(), 'veche-microphone-'));
  atEnd(t, () => rmSync(directory, { recursive: true, force: true }));
  const wav = join(directory, 'speech.wav');
  writeFileSync(wav, speechWav());
  const args = [...FLAGS, `--use-file-for-fake-audio-capture=${wav}`];
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
  atEnd(t, () => browser.close());
  return browser;
}

/** One person at the page. */
export class VoicePage {
  errors = [];

  /** Opens the page, fills in the form, joins, and waits until the page says that it is connected. */
  static async join(browser, server, { name, room, fragment = '', viewport = { width: 1280, height: 800 } }) {
    const person = new VoicePage();
    const context = await browser.newContext({ viewport });
    const page = await context.newPage();
    Object.assign(person, { page, name, room });
    page.on('pageerror', (error) => person.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && person.errors.push(message.text()));
    await page.addInitScript({ path: PROBE });
    await page.goto(`${server.url}/${fragment}`);
    await person.submit();
    return person;
  }

  async submit() {
    await this.page.getByLabel('Your name').fill(this.name);
    if (await this.page.getByLabel('Room', { exact: true }).isEditable()) await this.page.getByLabel('Room', { exact: true }).fill(this.room);
    await this.page.getByRole('button', { name: 'Join', exact: true }).click();
    await this.connected();
    await this.identify();
  }

  /** Learns who this is from the page's `count`th snapshot: a restarted server gives new source numbers. */
  async identify(count = 1) {
    const { data: { self } } = await until('the snapshot came', async () => (await this.messages('snapshot'))[count - 1]);
    this.participant = self.participant;
    this.sourceNumber = self.source_number;
  }

  async connected() {
    await this.page.getByRole('status').getByText('Connected').waitFor({ timeout: 20000 }).catch(async (error) => {
      throw new Error(`${this.name} is not connected: ${await this.page.locator('#join-problem').textContent()} ${error.message}`);
    });
  }

  inbound() {
    return this.page.evaluate(() => window.probe.inbound());
  }

  /** Signalling states of every PeerConnection that the page ever made. */
  signalling() {
    return this.page.evaluate(() => window.probe.connections.map(({ states }) => states));
  }

  messages(type) {
    return this.page.evaluate((wanted) => window.probe.messages.filter((message) => message.type === wanted), type);
  }

  async hears(other) {
    const sources = await this.page.evaluate(() => window.probe.sources());
    return sources.includes(other.sourceNumber ?? other);
  }

  tile(other) {
    return this.page.locator(`li.person[data-participant="${other.participant ?? other}"]`);
  }

  speaking() {
    return this.page.getByLabel('Who speaks').textContent();
  }
}

/** What a page received between two results of `inbound`. */
export function received(before, after) {
  const sum = (entries, field) => entries.reduce((total, entry) => total + (entry[field] ?? 0), 0);
  const grown = (field) => sum(after, field) - sum(before, field);
  return {
    packets: grown('packetsReceived'),
    energy: grown('totalAudioEnergy'),
    samples: grown('totalSamplesReceived'),
    // A slot that carries nothing is filled with silence: that conceals no speech and does not count.
    concealed: grown('concealedSamples') - grown('silentConcealedSamples'),
    activeStreams: after.filter((entry) => {
      const old = before.find(({ id }) => id === entry.id);
      return entry.packetsReceived > (old?.packetsReceived ?? 0);
    }).length,
  };
}
