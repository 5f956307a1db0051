// SPDX-License-Identifier: Apache-2.0
// One talker, and a listener behind each of some lossy links: how much of the speech is concealed.

import assert from 'node:assert/strict';

import { delay } from '../harness/until.mjs';
import { percent, record, twoCalls } from './call.mjs';
import { heard } from './listening.mjs';

/** Few bursts come in so short a time: with this seed they are 7 % of the first six seconds, of the ten after them, and of the twenty. */
const SEED = 12;

export const LONGER = '10 % random loss on a way that becomes longer by 60 ms';
export const LINKS = {
  '10 % random loss': { loss: { model: 'uniform', share: 0.1 }, below: 0.01 },
  '20 % random loss': { loss: { model: 'uniform', share: 0.2 }, below: 0.03 },
  'bursts of 100 ms, 7 % in all': { loss: { model: 'bursts', ms: 100, share: 0.07 }, seed: SEED, below: 0.03 },
  [LONGER]: { loss: { model: 'uniform', share: 0.1 }, delayMs: 60, below: 0.01 },
};
/** Reports of voice come each 5 s or so. */
const SETTLE_MS = 6000;
const WITHOUT_LOSS = 'no loss';

/** A page that has no CPU time plays nothing, and conceals nothing. */
function played(result, call, name) {
  assert.ok(result.samples > 0, `${call.label}, ${name}: the page played nothing`);
  return result;
}

/**
 * `[{label, name, share, beginShare, lost}]` of one server: a listener for each link. `isProtected`: they ask for retransmission, and there is one whose link
 * loses nothing, too.
 */
async function listen(t, call, links, measureMs, isProtected) {
  await call.programs(t, 1);
  const listeners = [];
  for (const [name, { loss, delayMs = 0, seed = 1 }] of [...Object.entries(links), ...(isProtected ? [[WITHOUT_LOSS, { loss: {} }]] : [])]) {
    const person = await call.listener(t, `Behind ${name}`, { nack: isProtected });
    listeners.push({ name, shape: { loss, delayMs, seed }, person, mid: (await call.slots(person))[0] });
  }
  return async () => {
    const before = listeners.map(({ person: { relay: { down } } }) => ({ packets: down.packets, lost: down.lost }));
    for (const { person, shape } of listeners) person.relay.down.shape(shape);
    const beginMs = Date.now();
    const recordings = await Promise.all(listeners.map(({ person }) => record(person, SETTLE_MS + measureMs)));
    return listeners.map(({ name, mid, person: { relay: { down } } }, i) => ({
      label: call.label,
      name,
      share: played(heard(recordings[i], mid, beginMs + SETTLE_MS), call, name).share,
      beginShare: heard(recordings[i], mid, beginMs, beginMs + SETTLE_MS).share,
      lost: (down.lost - before[i].lost) / (down.packets - before[i].packets),
    }));
  };
}

/**
 * `[{name, below, adaptive, plain, machine}]`: the shares concealed with the plugin and our client, with neither plugin nor retransmission, and where nothing
 * was lost.
 */
export async function measureLoss(t, links = LINKS, measureMs = 15000) {
  const calls = await twoCalls(t, 'lossy');
  const measure = [];
  for (const call of Object.values(calls)) measure.push(await listen(t, call, links, measureMs, call === calls.adaptive));
  await delay(1000); // Slots have settled.
  const results = (await Promise.all(measure.map((each) => each()))).flat();
  for (const { label, name, share, beginShare, lost } of results) {
    t.diagnostic(`${label}, ${name}: ${percent(share, 2)} concealed, ${percent(beginShare, 2)} in the first ${SETTLE_MS / 1000} s; ` +
      `${percent(lost)} of the packets were lost`);
  }
  const shareOf = (call, name) => results.find((each) => each.label === call.label && each.name === name).share;
  return Object.entries(links).map(([name, { below }]) => ({
    name,
    below,
    adaptive: shareOf(calls.adaptive, name),
    plain: shareOf(calls.plain, name),
    machine: shareOf(calls.adaptive, WITHOUT_LOSS),
  }));
}
