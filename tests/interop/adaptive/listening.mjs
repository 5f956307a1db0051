// SPDX-License-Identifier: Apache-2.0
// Evaluates what a listener's page recorded (`VoicePage.record`): how well slots were heard, and when that changed.

import { received } from '../pages/received.mjs';

/** A slot is on while this many packets arrive in a second: with 60 ms each a talker sends 16, with DTX a silent one 3. */
const ON_PACKETS = 10;
const SECOND_MS = 1000;

const slotOf = ({ slots }, mid) => slots.filter((slot) => slot.mid === mid);
const packetsOf = (sample, mid) => slotOf(sample, mid).reduce((sum, { packetsReceived = 0 }) => sum + packetsReceived, 0);
const between = (samples, fromMs, toMs) => samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs);

/** What one slot received in this time: see received(). `share` of it was concealed, silence apart; 0 if nothing was played. */
export function heard(samples, mid, fromMs = -Infinity, toMs = Infinity) {
  const window = between(samples, fromMs, toMs);
  if (window.length < 2) return { packets: 0, share: 0 };
  const result = received(slotOf(window[0], mid), slotOf(window.at(-1), mid));
  return { ...result, share: result.samples > 0 ? result.concealed / result.samples : 0 };
}

/** `[{timeMs, isOn}]`: was the slot on in the second from then on? */
function states(samples, mid) {
  const result = [];
  let end = 0;
  for (const sample of samples) {
    while (end < samples.length && samples[end].timeMs < sample.timeMs + SECOND_MS) end += 1;
    if (end === samples.length) break;
    result.push({ timeMs: sample.timeMs, isOn: packetsOf(samples[end], mid) - packetsOf(sample, mid) >= ON_PACKETS });
  }
  return result;
}

/** How many of the slots are on in the second that ends then. */
export function slotsOn(samples, mids, endMs) {
  return mids.filter((mid) => states(between(samples, -Infinity, endMs), mid).at(-1)?.isOn).length;
}

/** Milliseconds from `fromMs` until all slots are on, and stay so until the recording ends; null: they are not. */
export function allOnAfter(samples, mids, fromMs) {
  const bySlot = mids.map((mid) => states(samples, mid));
  const lastOffMs = Math.max(...bySlot.map((each) => each.findLast(({ isOn }) => !isOn)?.timeMs ?? -Infinity));
  const first = bySlot[0]?.find(({ timeMs }) => timeMs >= fromMs && timeMs > lastOffMs);
  return first ? first.timeMs - fromMs : null;
}

/** How often the slot went on and off in this time. */
export function changes(samples, mid, fromMs, toMs) {
  const all = states(between(samples, fromMs, toMs), mid);
  const count = (isOn) => all.filter((state, i) => i > 0 && state.isOn === isOn && all[i - 1].isOn !== isOn).length;
  return { on: count(true), off: count(false) };
}

/**
 * Milliseconds from `fromMs` until the slot is clean: from then to `toMs` less than `share` of it is concealed, and no packet waits for
 * `queuedMs`; null: it is not. `queued`: `[{atMs, queuedMs}]` of the packets on the way to the listener.
 */
export function cleanAfter(samples, mid, { queued, fromMs, toMs, share = 0.02, queuedMs = 200 }) {
  const lateMs = Math.max(-Infinity, ...between(queued.map(({ atMs, ...each }) => ({ ...each, timeMs: atMs })), fromMs, toMs)
    .filter((each) => each.queuedMs >= queuedMs).map(({ timeMs }) => timeMs));
  const first = between(samples, fromMs, toMs - SECOND_MS)
    .find(({ timeMs }) => timeMs > lateMs && heard(samples, mid, timeMs, toMs).share < share);
  return first ? first.timeMs - fromMs : null;
}

/** The value below which this part of the values lies; 0 if there are none. */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
