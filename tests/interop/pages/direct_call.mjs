// SPDX-License-Identifier: Apache-2.0
// The control for pages' sound: the same pages connected to each other without the server, at the same time.

import assert from 'node:assert/strict';

import { tryTwice } from '../harness/retry.mjs';
import { delay, until } from '../harness/until.mjs';
import { received } from './voice_page.mjs';

/** Two streams never meet the same conditions: up to this many times the control's value is not the server's fault. */
const AS_MUCH = 2;
const WINDOW_MS = 1000;
const CONNECT_MS = 15000;
/** One in 50 packets: a browser without CPU time does not empty its sockets in time. veche-load counts every packet. */
const mayBeMissing = (packets) => 1 + packets / 50;

const share = ({ concealed, samples }) => (samples > 0 ? concealed / samples : 1);
const percent = (part) => `${(100 * part).toFixed(2)} %`;
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function connectOnce(one, other) {
  const offer = await one.page.evaluate((name) => window.probe.callDirectly(name), other.name);
  const answer = await other.page.evaluate(([name, sdp]) => window.probe.callDirectly(name, sdp), [one.name, offer]);
  await one.page.evaluate(([name, sdp]) => window.probe.answerDirectly(name, sdp), [other.name, answer]);
  for (const [listener, talker] of [[one, other], [other, one]]) {
    await until(`${listener.name} receives ${talker.name} directly`, async () =>
      (await listener.directInbound(talker)).some(({ packetsReceived }) => packetsReceived > 100), CONNECT_MS);
  }
}

/**
 * Both hear each other's microphone on a separate connection, in addition to what the server sends them. The control may fail
 * where the server does not: it is tried twice, and what it complains about counts against nobody.
 */
export function connectDirectly(one, other) {
  const complaints = [one.errors.length, other.errors.length];
  return tryTwice(`${one.name} and ${other.name} connect directly`, async () => {
    try {
      await connectOnce(one, other);
    } catch (error) {
      const states = await Promise.all([one.directState(other), other.directState(one)]);
      [one.errors.length, other.errors.length] = complaints;
      throw new Error(`${error.message}: ${states.join(', ')}`);
    }
  });
}

/** How much more is concealed of what the server sent than of the control, but for AS_MUCH. */
export const excess = (result) => share(result) - AS_MUCH * share(result.direct);

/**
 * What each pair of listener and talker receives: {name, ...received, direct: received, excess}. `excess` is that of the median
 * of some windows: a fault of the server is in all of them, a moment without CPU time in one.
 */
export async function listenBothWays(pairs, windows = 5) {
  const inbound = () => Promise.all(pairs.map(async ([listener, talker]) =>
    ({ served: await listener.inbound(), direct: await listener.directInbound(talker) })));
  const samples = [await inbound()];
  while (samples.length <= windows) {
    await delay(WINDOW_MS);
    samples.push(await inbound());
  }
  const between = (from, to, i) => ({ ...received(from[i].served, to[i].served), direct: received(from[i].direct, to[i].direct) });
  return pairs.map(([{ name }], i) => ({
    name,
    ...between(samples[0], samples.at(-1), i),
    excess: median(samples.slice(1).map((sample, k) => excess(between(samples[k], sample, i)))),
  }));
}

/** Hardly a packet is lost, and at most `limit` more speech is concealed than on a direct connection at the same time. */
export function assertHeardAsWell(t, results, limit) {
  for (const result of results) {
    assert.ok(result.direct.packets > 0, `${result.name}: the control received nothing`);
    const text = `${result.name}: ${percent(share(result))} concealed, ${percent(share(result.direct))} on the direct connection`;
    t.diagnostic(text);
    assert.ok(result.lost <= mayBeMissing(result.packets), `${result.name}: ${result.lost} of ${result.packets} packets are lost`);
    assert.ok(result.excess < limit, `${text}; in most windows ${percent(result.excess)} more`);
  }
}
