// SPDX-License-Identifier: Apache-2.0
// A hundred listeners, of whom ten lose packets: what the others get, byte for byte; and what the plugin costs where nobody is bad.

import { measureLoad, startCall } from '../harness/command.mjs';
import { behindRelay } from '../harness/relay_proxy.mjs';
import { UdpRelay } from '../harness/udp_relay.mjs';
import { delay } from '../harness/until.mjs';
import { VecheServer } from '../harness/veche_server.mjs';
import { median } from '../pages/direct_call.mjs';
import { ADAPTIVE, FORWARDING } from './call.mjs';
import { keepPackets } from './fec.mjs';
import { compare } from './same_bytes.mjs';

const GOOD = 89; // The hundredth listens byte for byte.
const BAD = 10;
const ROOM = 'hundred';

/** {witness, good}: compare() of one good listener, and veche-load's figures of the others. With `bad`, ten listeners lose 15 %. */
async function listenTogether(t, { bad, seconds }) {
  const server = await VecheServer.start(t, { plugins: [FORWARDING, ADAPTIVE], media: { lanes: 1 } });
  const good = startCall(t, server, { room: ROOM, participants: GOOD, talkers: 0, silence: 'none', 'name-prefix': 'good', feedback: 'reports' });
  await server.connected(ROOM, GOOD);
  const relay = await UdpRelay.start(t);
  const ofBad = bad && startCall(t, await behindRelay(t, server, relay), {
    room: ROOM, participants: BAD, talkers: 0, silence: 'none', 'name-prefix': 'bad', feedback: 'full' });
  // The talker stays longer: a slot whose talker has left ends with the server's own silence.
  const talker = await keepPackets(t, server, { room: ROOM, participant: 'talker', durationS: seconds + 4, extra: ['--slots', 1] });
  const witness = await keepPackets(t, server, { room: ROOM, participant: 'witness', durationS: seconds, extra: ['--listen-only', '--slots', 1] });
  await delay(3000);
  relay.down.shape({ loss: { model: 'uniform', share: 0.15 } });
  const [sent, got] = [(await talker.packets).filter(({ direction }) => direction === 'out'), (await witness.packets).filter(({ direction }) => direction === 'in')];
  if (ofBad) await ofBad.leave();
  return { witness: compare(sent, got), good: (await good.leave()).packets, lost: relay.down.lost };
}

/** {with, without} ten bad listeners: see listenTogether(). */
export async function measureNeighbours(t, seconds = 20) {
  const results = { without: await listenTogether(t, { bad: false, seconds }), with: await listenTogether(t, { bad: true, seconds }) };
  for (const [label, { witness, good, lost }] of Object.entries(results)) {
    t.diagnostic(`${label} bad listeners, which lost ${lost} packets: the witness got ${witness.packets} packets, ${witness.changed} of them changed, ` +
      `${witness.missing} missing; the others got ${good.foreign}, ${good.lost} lost`);
  }
  return results;
}

/** Microseconds of CPU a packet, with the plugin and without: medians of `turns` runs of a full room, one after the other in turn. */
export async function measureCost(t, { turns = 7, duration = 8 } = {}) {
  const costs = { adaptive: [], plain: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, plugins] of [['adaptive', [FORWARDING, ADAPTIVE]], ['plain', [FORWARDING]]]) {
      const server = await VecheServer.start(t, { plugins, media: { lanes: 1 } });
      const { server: figures } = await measureLoad(t, server, {
        room: ROOM, participants: 100, talkers: 3, silence: 'continuous', 'join-rate': 20, duration, feedback: 'full' });
      costs[name].push(figures.cpu_us_per_packet);
      await server.stop();
    }
  }
  const result = { adaptive: median(costs.adaptive), plain: median(costs.plain) };
  t.diagnostic(`CPU a packet: ${result.adaptive.toFixed(3)} us with adaptive, ${result.plain.toFixed(3)} us without: ${JSON.stringify(costs)}`);
  return result;
}
