// SPDX-License-Identifier: Apache-2.0
// Evaluates a page's recording (`VoicePage.record`): the pause that a disturbance caused, and how a stream began.

import assert from 'node:assert/strict';

import { received } from '../pages/voice_page.mjs';

/** After a recording starts, the test must stay idle for this long: the recording shows which slots are silent. */
export const QUIET_MS = 400;
const SECOND_MS = 1000;

const packetsOf = (sample, mid) => sample.slots.find((slot) => slot.mid === mid)?.packetsReceived ?? 0;
const allPackets = ({ slots }) => slots.reduce((sum, { packetsReceived = 0 }) => sum + packetsReceived, 0);

/** The longest time without a packet; to the end of the recording, if none came again. */
export function longestPause(samples) {
  let longest = { fromMs: 0, toMs: 0 };
  let last = samples[0];
  for (const sample of samples) {
    if (allPackets(sample) === allPackets(last)) continue;
    if (sample.timeMs - last.timeMs > longest.toMs - longest.fromMs) longest = { fromMs: last.timeMs, toMs: sample.timeMs };
    last = sample;
  }
  const end = samples.at(-1).timeMs;
  return end - last.timeMs > longest.toMs - longest.fromMs ? { fromMs: last.timeMs, toMs: end } : longest;
}

/** When a slot that was silent began, what it received in its first second, and what came directly from `talker` in that time. */
export function firstSecond(samples, talker) {
  const [start, end] = [samples[0], samples.at(-1)];
  const quiet = samples.findLast(({ timeMs }) => timeMs - start.timeMs < QUIET_MS);
  const grown = (mid) => packetsOf(end, mid) - packetsOf(quiet, mid);
  const [mid] = end.slots.map((slot) => slot.mid).filter((each) => packetsOf(quiet, each) === packetsOf(start, each))
    .sort((a, b) => grown(b) - grown(a));
  const begin = samples.findIndex((sample) => packetsOf(sample, mid) > packetsOf(quiet, mid));
  assert.ok(begin > 0, 'no stream began');
  const beginMs = samples[begin].timeMs;
  const second = samples.find(({ timeMs }) => timeMs - beginMs >= SECOND_MS);
  assert.ok(second, 'the recording ends before the first second does');
  const slot = (sample) => sample.slots.filter((each) => each.mid === mid);
  const direct = (sample) => sample.direct[talker.name];
  return { beginMs, ...received(slot(samples[begin - 1]), slot(second)), direct: received(direct(samples[begin - 1]), direct(second)) };
}
