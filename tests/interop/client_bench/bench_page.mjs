// SPDX-License-Identifier: Apache-2.0
// A Chromium of its own with a nearly empty page of the server's origin, whose cost is measured.

import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { atEnd } from '../harness/cleanup.mjs';
import { scratch } from '../harness/scratch.mjs';
import { until } from '../harness/until.mjs';
import { CHROMIUM, FLAGS } from '../pages/voice_page.mjs';
import { BrowserProcesses, childrenWith } from './processes.mjs';

const PAGE_SIDE = fileURLToPath(new URL('page_side.js', import.meta.url));

export class BenchPage {
  errors = [];

  /** `wav`: what its microphone hears, again and again. */
  static async open(t, server, wav) {
    const bench = new BenchPage();
    const file = join(scratch(t, 'microphone'), 'sound.wav');
    writeFileSync(file, wav);
    const before = childrenWith('chromium');
    const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, `--use-file-for-fake-audio-capture=${file}`] });
    atEnd(t, () => browser.close());
    const [root] = childrenWith('chromium').filter((pid) => !before.includes(pid));
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    Object.assign(bench, { page, processes: new BrowserProcesses(root), version: browser.version(), server });
    page.on('pageerror', (error) => bench.errors.push(error.message));
    await page.addInitScript({ path: PAGE_SIDE });
    await page.goto(`${server.url}/healthz`); // A document of its origin with hardly anything in it.
    return bench;
  }

  /** Calls a function of page_side.js. */
  call(name, ...words) {
    return this.page.evaluate(([which, rest]) => window.bench[which](...rest), [name, words]);
  }

  async join(room, participant, options = {}) {
    const { token } = await this.server.invite(room, participant);
    await this.call('join', { room, participant, token, ...options });
  }

  traffic() {
    return this.call('traffic');
  }

  signalling() {
    return this.page.evaluate(() => window.bench.signalling);
  }

  /** Calls `other` as a mesh of 1 + `count` people would: `other` is all of them, and `talkers` of them talk. */
  async callDirectly(other, count, talkers) {
    const answers = await other.call('answer', await this.call('offer', count), talkers);
    await this.call('accept', answers);
    await until(`${count} direct connections are up`, async () => (await this.traffic()).connections >= count);
  }

  async collectGarbage() {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('HeapProfiler.collectGarbage');
    await session.detach();
  }
}
