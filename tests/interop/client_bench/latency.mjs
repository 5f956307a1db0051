// SPDX-License-Identifier: Apache-2.0
// Mouth to ear: chirps in the words of one page, found again in what another page plays, through the server and on a direct connection at the same time.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startCall } from '../harness/command.mjs';
import { delay } from '../harness/until.mjs';
import { BenchPage } from './bench_page.mjs';
import { kindsOf, latencies, summary } from './figures.mjs';
import { chirpingSpeech, quiet } from './sounds.mjs';

const SIDE = fileURLToPath(new URL('latency_side.js', import.meta.url));
const CHIRPS = readFileSync(new URL('../harness/chirps.mjs', import.meta.url), 'utf8');
const ROOM = 'latency';
const TALKER = 'talker';
const SETTLE_MS = 6000;

async function open(t, server, wav, participant, options) {
  const page = await BenchPage.open(t, server, wav);
  await page.page.addScriptTag({ path: SIDE });
  await page.call('capture');
  await page.join(ROOM, participant, { slots: 4, ...options });
  return page;
}

/** When the listener was told that a slot is the talker's which was not. */
function switchesOf(assigned) {
  const slotsOf = ({ slots }) => slots.filter(([, participant]) => participant === TALKER).map(([mid]) => mid);
  return assigned.filter((now, i) => slotsOf(now).some((mid) => i > 0 && !slotsOf(assigned[i - 1]).includes(mid))).map(({ atMs }) => atMs);
}

/** `people` in the room, two of whom talk in turns besides the page that chirps. Returns {server: {first, again, later}, direct}, each a summary. */
export async function measureLatency(t, server, { people, seconds }) {
  const crowd = startCall(t, server, {
    room: ROOM, participants: people - 2, talkers: 2, pattern: 'rotating', turn: 1.5, slots: 3, silence: 'dtx', 'name-prefix': 'crowd' });
  await delay(((people - 2) / 20) * 1000);
  const listener = await open(t, server, quiet(), 'listener', { muted: true });
  const talker = await open(t, server, chirpingSpeech(), TALKER);
  await listener.callDirectly(talker, 1, 1);
  await delay(SETTLE_MS);
  await talker.call('tapMicrophone');
  await listener.call('tapReceived');
  await delay(1000 * seconds);
  const assigned = await listener.page.evaluate(() => window.bench.assigned);
  const { microphone } = await talker.call('chirps', CHIRPS);
  const { ...heard } = await listener.call('chirps', CHIRPS);
  await crowd.leave();
  // What was said at the very end is not heard yet.
  const said = microphone.slice(1, -1);
  const kinds = kindsOf(microphone, switchesOf(assigned)).slice(1, -1);
  const ears = (connection) => Object.entries(heard).filter(([name]) => name.startsWith(`${connection} `)).map(([, times]) => times);
  const served = latencies(said, ears(0));
  const ofKind = (kind) => summary(served.filter((_, i) => kinds[i] === kind));
  return {
    first: ofKind('first'), again: ofKind('again'), later: ofKind('later'), direct: summary(latencies(said, ears(1))),
    errors: [...talker.errors, ...listener.errors],
  };
}
