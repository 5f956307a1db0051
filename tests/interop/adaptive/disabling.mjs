// SPDX-License-Identifier: Apache-2.0
// The plugin is disabled in mid-call, while it holds slots back from one listener and protects another.

import assert from 'node:assert/strict';

import { longestPause } from '../harness/timeline.mjs';
import { delay } from '../harness/until.mjs';
import { oneCall, percent, record, seconds } from './call.mjs';
import { allOnAfter, heard, slotsOn } from './listening.mjs';
import { threeTalkers } from './rate.mjs';

const HELD_MS = 7000;
const AFTER_MS = 5000;
const FINE_MS = 50;

/**
 * {heldSlots, backMs, pauseMs, lost, share}: how many slots the narrow listener had before and after what time all; the longest pause of the others'
 * packets, how many they lost afterwards, and how much is concealed.
 */
export async function measureDisabling(t) {
  const call = await oneCall(t, 'disabled');
  const { listener: narrow, mids } = await threeTalkers(t, call);
  const protectedOne = await call.listener(t, 'Edith');
  const free = await call.listener(t, 'Franz');
  const others = [protectedOne, free];
  const slots = [];
  for (const person of others) slots.push(await call.slots(person));
  const recording = record(narrow, HELD_MS + AFTER_MS);
  narrow.relay.down.shape({ rateBps: 100000, queueMs: 2000 });
  protectedOne.relay.down.shape({ loss: { model: 'uniform', share: 0.1 } });
  await delay(HELD_MS - 1000);
  protectedOne.relay.down.shape();
  await delay(500);
  const fine = Promise.all(others.map((person) => person.record(AFTER_MS, FINE_MS)));
  await delay(500);
  const atMs = Date.now();
  narrow.relay.down.shape();
  const { status, body } = await call.server.api('PATCH', '/v1/plugins/adaptive', { enabled: false });
  assert.equal(status, 200, JSON.stringify(body));
  const samples = await recording;
  const fineSamples = await fine;
  const heardBy = fineSamples.map((each, i) => slots[i].map((mid) => heard(each, mid, atMs - 400)));
  const pauses = fineSamples.map(longestPause);
  const result = {
    heldSlots: slotsOn(samples, mids, atMs),
    backMs: allOnAfter(samples, mids, atMs),
    pauseMs: Math.max(...pauses.map(({ fromMs, toMs }) => toMs - fromMs)),
    lost: heardBy.flat().reduce((sum, { lost }) => sum + lost, 0),
    share: Math.max(...heardBy.flat().map(({ share }) => share)),
  };
  t.diagnostic(`disabled: ${result.heldSlots} slots before, all back after ${seconds(result.backMs)}; the others' longest pause ${result.pauseMs} ms, ` +
    `${result.lost} packets lost, ${percent(result.share, 2)} concealed`);
  return result;
}
