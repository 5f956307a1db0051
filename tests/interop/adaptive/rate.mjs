// SPDX-License-Identifier: Apache-2.0
// Three talkers, and a listener whose link becomes too narrow for them for a while, with a queue of two seconds.

import { delay } from '../harness/until.mjs';
import { oneCall, percent, record, seconds, twoCalls } from './call.mjs';
import { allOnAfter, changes, cleanAfter, heard, percentile, slotsOn } from './listening.mjs';

const TALKERS = 3;
const QUEUE_MS = 2000;
const BEFORE_MS = 2000;
/** The link has been narrow for this long when the main speaker has to be clean. */
const CLEAN_MS = 3000;

/** Three talkers and a listener: {listener, mids, main} with the main speaker's slot. */
export async function threeTalkers(t, call, bitrate) {
  await call.programs(t, TALKERS, bitrate);
  const listener = await call.listener(t, 'Dunya');
  const mids = await call.slots(listener);
  await delay(2000); // The last talker may have become the main speaker.
  return { listener, mids, main: mids[call.talkers.indexOf(await call.dominant())] };
}

/** What became of the main speaker, the queue and the others. */
function judge({ samples, queued, mids, main, fromMs, toMs }) {
  const late = queued.filter(({ atMs }) => atMs >= fromMs + CLEAN_MS && atMs < toMs).map(({ queuedMs }) => queuedMs);
  return {
    mainShare: heard(samples, main, fromMs + CLEAN_MS, toMs).share,
    shares: mids.map((mid) => heard(samples, mid, fromMs, toMs).share),
    queuedMs: percentile(late, 0.95),
    mostQueuedMs: percentile(late, 1),
    cleanMs: cleanAfter(samples, main, { queued, fromMs, toMs }),
    heardSlots: slotsOn(samples, mids, toMs),
    backMs: allOnAfter(samples, mids, toMs),
  };
}

function describe(t, call, { mainShare, shares, queuedMs, mostQueuedMs, cleanMs, heardSlots, backMs }) {
  t.diagnostic(`${call.label}: after 3 s ${percent(mainShare, 2)} of the main speaker are concealed, of all ${shares.map((share) => percent(share))}; ` +
    `queueing p95 ${Math.round(queuedMs)} ms, at most ${Math.round(mostQueuedMs)} ms; clean after ${seconds(cleanMs)}; ${heardSlots} heard at its end; ` +
    `all back after ${seconds(backMs)}`);
}

/** {adaptive, plain}: what judge() says of both servers. `bitrate`: of the talkers' Opus. */
export async function measureLimit(t, rateBps, { bitrate, limitMs = 15000, afterMs = 13000 } = {}) {
  const calls = Object.values(await twoCalls(t, 'narrow'));
  const people = [];
  for (const call of calls) people.push(await threeTalkers(t, call, bitrate));
  const recordings = people.map(({ listener }) => record(listener, BEFORE_MS + limitMs + afterMs));
  await delay(BEFORE_MS);
  const shapeAll = (conditions) => {
    for (const { listener } of people) listener.relay.down.shape(conditions);
    return Date.now();
  };
  const fromMs = shapeAll({ rateBps, queueMs: QUEUE_MS });
  await delay(limitMs);
  const toMs = shapeAll({});
  const [adaptive, plain] = (await Promise.all(recordings)).map((samples, i) => {
    const result = judge({ samples, queued: people[i].listener.relay.down.link.passed, ...people[i], fromMs, toMs });
    describe(t, calls[i], result);
    return result;
  });
  return { adaptive, plain };
}

/** What the plugin saw in the last minute. */
async function explain(t, call, { participant }) {
  const { body } = await call.server.api('GET', `/v1/plugins/adaptive/rooms/${call.room}/participants/${participant}`);
  for (const sample of body.history) t.diagnostic(JSON.stringify(sample));
}

/** 400, 96, 400 kbit/s again and again: `[{on, off}]`, how often each slot but the main speaker's came and went in each round, and how many were heard at its end. */
export async function measureSwings(t, { rounds = 20, narrowMs = 12000, wideMs = 20000 } = {}) {
  const call = await oneCall(t, 'swinging');
  const { listener, mids } = await threeTalkers(t, call);
  const wide = { rateBps: 400000, queueMs: QUEUE_MS };
  const results = [];
  listener.relay.down.shape(wide);
  await delay(BEFORE_MS);
  for (let round = 1; round <= rounds; round += 1) {
    const recording = record(listener, narrowMs + wideMs);
    listener.relay.down.shape({ rateBps: 96000, queueMs: QUEUE_MS });
    await delay(narrowMs);
    listener.relay.down.shape(wide);
    const samples = await recording;
    const [begin, end] = [samples[0].timeMs, samples.at(-1).timeMs];
    const slots = mids.map((mid) => changes(samples, mid, begin, end));
    results.push({ slots, heardSlots: slotsOn(samples, mids, end) });
    if (results.at(-1).heardSlots < slots.length) await explain(t, call, listener);
    t.diagnostic(`round ${round}: ${slots.map(({ on, off }) => `${off} off and ${on} on`).join(', ')}; ${results.at(-1).heardSlots} heard at its end`);
  }
  return results;
}
