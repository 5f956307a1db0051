// SPDX-License-Identifier: Apache-2.0
// Measures one scenario of client_bench: CPU, memory, connections and traffic of its browser.

import { delay } from '../harness/until.mjs';
import { BenchPage } from './bench_page.mjs';
import { spread } from './figures.mjs';
import { PARTS } from './processes.mjs';

/** A browser works on its own matters after its start. */
const START_MS = 3000;
const SETTLE_MS = 4000;
const WINDOWS = 3;

/** A look at memory that is not about when the garbage was collected. */
async function memoryMb(page) {
  await page.collectGarbage();
  await delay(500);
  return page.processes.memoryMb();
}

/** Runs something that expects a test, and ends what it started. */
export async function within(measure) {
  const ends = [];
  try {
    return await measure({ after: (end) => ends.push(end), diagnostic: () => {} });
  } finally {
    for (const end of ends) await end();
  }
}

/** What the page does in `seconds`: {cpu, total, sentBps, receivedBps, voicePackets}. `cpu` is of each part, `total` {mean, least, most}: shares of a core. */
async function watch(page, seconds) {
  const totals = [];
  const traffic = await page.traffic();
  const begin = page.processes.look();
  let look = begin;
  for (let i = 0; i < WINDOWS; i += 1) {
    await delay((1000 * seconds) / WINDOWS);
    look = page.processes.look(look);
    totals.push(Object.values(look.shares).reduce((sum, share) => sum + share, 0));
  }
  const { shares: cpu } = page.processes.look(begin);
  const after = await page.traffic();
  const perSecond = (name) => ((after[name] - traffic[name]) * 1000) / (after.atMs - traffic.atMs);
  return {
    cpu: Object.fromEntries(PARTS.map((part) => [part, cpu[part]])),
    total: spread(totals),
    connections: after.connections,
    sentBps: 8 * perSecond('sentBytes'),
    receivedBps: 8 * perSecond('receivedBytes'),
    voicePacketsPerS: perSecond('voicePackets'),
  };
}

/** Figures of a scenario: those of `watch`, and the memory in MB that it added to an empty page. */
export function measure(server, name, { label, sound, start, prepare = () => {} }, { seconds, meanwhile = () => {} }) {
  return within(async (t) => {
    const prepared = await prepare({ t, server }); // First: what two browsers share is divided between them.
    const page = await BenchPage.open(t, server, sound());
    await delay(START_MS);
    const emptyMb = await memoryMb(page);
    await start({ page, prepared, participant: name });
    const more = await meanwhile(page);
    await delay(SETTLE_MS);
    const figures = await watch(page, seconds);
    const addedMb = await memoryMb(page) - emptyMb;
    if (page.errors.length > 0) throw new Error(`${label}: ${page.errors.join('; ')}`);
    return { name, label, ...figures, addedMb, version: page.version, ...more };
  });
}
