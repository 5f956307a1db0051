// SPDX-License-Identifier: Apache-2.0
// A Chromium talker and an aiortc listener, which has no redundancy but Opus' own: in which packets it is, while there is loss and after.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runPython } from '../harness/command.mjs';
import { readOpusPacket } from '../harness/opus_packet.mjs';
import { behindRelay } from '../harness/relay_proxy.mjs';
import { scratch } from '../harness/scratch.mjs';
import { UdpRelay } from '../harness/udp_relay.mjs';
import { delay, until } from '../harness/until.mjs';
import { percent, seconds, twoCalls } from './call.mjs';

const LOSS = { loss: { model: 'uniform', share: 0.15 } };
/** Each way of a talker, who sends again what is lost: on a short way that is repaired before a report has it, on this one it comes too late to be heard. */
const FAR = { delayMs: 100 };
const QUIET_MS = 4000;
/** An encoder smooths what reports say over ten seconds; the reports on a listener's loss come some seconds later than those on a talker's. */
const LOSS_MS = { up: 15000, down: 30000 };

/** An aiortc participant that keeps its packets: `packets` come when it has left, `[{direction, timeMs, ssrc, sequence, timestamp, payload}]`. */
export async function keepPackets(t, server, { room, participant, durationS, extra = [] }) {
  const file = join(scratch(t, 'packets'), 'log');
  const { token } = await server.invite(room, participant);
  const ended = runPython(t, 'packet_log.py', [file, '--server', server.url, '--room', room, '--participant', participant,
    '--token', token, '--seconds', durationS, ...extra]);
  const packets = ended.then(({ code, errors }) => {
    if (code !== 0) throw new Error(`the aiortc peer ended with ${code}: ${errors}`);
    return readFileSync(file, 'ascii').trim().split('\n').map((line) => JSON.parse(line)).map(([direction, timeMs, ssrc, sequence, timestamp, payload]) =>
      ({ direction, timeMs, ssrc, sequence, timestamp, payload: Buffer.from(payload, 'hex') }));
  });
  packets.catch(() => {}); // Awaited at the end; it may fail before.
  return { packets };
}

/** The part of the packets in this time that have in-band FEC; CELT cannot have it, and silence does not need it. */
function fecShare(packets, fromMs, toMs) {
  const read = packets.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs).map(({ payload }) => readOpusPacket(payload)).filter(Boolean);
  return read.length > 0 ? read.filter(({ fec }) => fec).length / read.length : 0;
}

/** The same call with loss in one direction for a while: see measureFec(). */
async function follow(t, call, direction, { lossMs, afterMs }) {
  const talker = await call.talker(t, 'Ada', { relayed: true });
  for (const way of [talker.relay.up, talker.relay.down]) way.shape(FAR);
  const relay = await UdpRelay.start(t);
  const listener = await keepPackets(t, await behindRelay(t, call.server, relay), {
    room: call.room, participant: 'boris', durationS: (QUIET_MS + lossMs + afterMs) / 1000 + 3, extra: ['--listen-only', '--slots', 1] });
  const [link, usual] = direction === 'up' ? [talker.relay.up, FAR] : [relay.down, {}];
  await until('the listener gets packets', () => relay.down.packets > 50);
  const beginMs = Date.now();
  await delay(QUIET_MS);
  const fromMs = Date.now();
  link.shape({ ...usual, ...LOSS });
  await delay(lossMs);
  const toMs = Date.now();
  link.shape(usual);
  const packets = (await listener.packets).filter((packet) => packet.direction === 'in');
  return judge(packets, { beginMs, fromMs, toMs });
}

function judge(packets, { beginMs, fromMs, toMs }) {
  const withFec = packets.filter(({ payload }) => readOpusPacket(payload)?.fec).map(({ timeMs }) => timeMs);
  const firstMs = withFec.find((timeMs) => timeMs > fromMs);
  const lastMs = withFec.findLast((timeMs) => timeMs > toMs) ?? toMs;
  return {
    beforeShare: fecShare(packets, beginMs, fromMs),
    lossyShare: fecShare(packets, toMs - 5000, toMs),
    onMs: firstMs ? firstMs - fromMs : null,
    offMs: lastMs > packets.at(-1).timeMs - 1000 ? null : lastMs - toMs,
  };
}

/**
 * {adaptive, plain}, each {beforeShare, lossyShare, onMs, offMs}: the part of the talker's packets with FEC before the loss and in its last five seconds; after
 * how long it came, and how long after the loss it was last seen (null: never, and still there). `direction`: 'up' loses what the talker sends, 'down' what
 * the listener gets.
 */
export async function measureFec(t, direction, { lossMs = LOSS_MS[direction], afterMs = 35000 } = {}) {
  const calls = Object.values(await twoCalls(t, `fec-${direction}`));
  const results = await Promise.all(calls.map((call) => follow(t, call, direction, { lossMs, afterMs })));
  for (const [i, { beforeShare, lossyShare, onMs, offMs }] of results.entries()) {
    t.diagnostic(`${calls[i].label}, 15 % loss ${direction}: FEC in ${percent(beforeShare)} of the packets before it, ${percent(lossyShare)} at its end; ` +
      `on after ${seconds(onMs)}, off after ${seconds(offMs)}`);
  }
  const [adaptive, plain] = results;
  return { adaptive, plain };
}
