// SPDX-License-Identifier: Apache-2.0
// The wire path where the processors decide: a flood, how streams begin, retransmission. wire_clients_test.mjs has the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertWhole, measureLoad, runPython, startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { judged } from './harness/judged.mjs';
import { udpSockets } from './harness/sockets.mjs';
import { firstSecond, QUIET_MS } from './harness/timeline.mjs';
import { UdpRelay } from './harness/udp_relay.mjs';
import { delay } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { connectDirectly, excess, median } from './pages/direct_call.mjs';
import { heard } from './pages/hearing.mjs';
import { launchBrowser, received, VoicePage } from './pages/voice_page.mjs';

const together = concurrentTests(2);
const REFUSE_NACK = fileURLToPath(new URL('pages/refuse_nack.js', import.meta.url));
/** Each of the three takes one at least. */
const TURNS = environment.full ? 5 : 3;
/** Fraction of a first second that may be concealed beyond what the same pages conceal without a server. */
const CONCEALED = 0.03;
const percent = (part, whole) => `${((100 * part) / whole).toFixed(2)} %`;

test('Garbage from one source costs established calls nothing', judged(async (t) => {
  const server = await VecheServer.start(t, { media: { lanes: 1 } }); // The call and the flood share a thread.
  const common = { participants: 6, talkers: 2, 'expect-no-loss': true };
  const before = await measureLoad(t, server, { ...common, room: 'quiet', duration: 2 });
  const during = startCall(t, server, { ...common, room: 'flooded' });
  await server.connected('flooded', 6);
  const [quiet] = await server.lanes();
  const { code, output, errors } = await runPython(t, 'flood.py', [
    '--server', server.url, '--key', server.key, '--room', 'hostile', '--port', quiet.port, '--seconds', 4]);
  assert.equal(code, 0, errors);
  await server.connected('flooded', 6);
  const [flooded] = await server.lanes();
  const dropped = udpSockets(server.pid).reduce((sum, socket) => sum + socket.dropped, 0);
  const flood = JSON.parse(output);
  const figures = await during.leave();

  t.diagnostic(`${flood.sent} datagrams, ${Math.round(flood.per_second)} a second; ${dropped} of all found no room in the server's socket`);
  const latency = ({ latency_ms: { p50, p95, max } }) => `p50 ${p50.toFixed(2)}, p95 ${p95.toFixed(2)}, max ${max.toFixed(2)} ms`;
  t.diagnostic(`latency before: ${latency(before)}; during: ${latency(figures)}`);
  for (const name of ['unknown_source', 'stun_refused']) {
    const grown = flooded[name] - quiet[name];
    t.diagnostic(`${name}: ${grown}`);
    assert.ok(grown > flood.sent / 10, `${name} grew by ${grown} only`);
  }
  assert.equal(flood.replies, 0, 'the source of the flood was answered');
  assertWhole(before, 6);
  assertWhole(figures, 6);
}));

/** The talker unmutes; returns what each listener got in the first second, from the server and directly. */
async function takeTurn(t, talker, listeners) {
  await delay(700); // The earlier speech has been played.
  const recordings = Promise.all(listeners.map((person) => person.record(3000)));
  await delay(QUIET_MS + 100);
  const unmutedMs = Date.now();
  await talker.setMuted(false);
  return (await recordings).map((samples, i) => {
    const turn = firstSecond(samples, talker);
    const { beginMs, packets, concealed, samples: played, direct } = turn;
    t.diagnostic(`${talker.name} to ${listeners[i].name}: ${percent(concealed, played)} of ${played} samples concealed, ` +
      `${packets} packets, the first ${beginMs - unmutedMs} ms after the click; directly ${percent(direct.concealed, direct.samples)} concealed`);
    return turn;
  });
}

together('The first second of every stream is without gaps', async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 2 });
  const browser = await launchBrowser(t);
  const people = [];
  for (const name of ['Ada', 'Boris', 'Chen']) people.push(await VoicePage.join(browser, server, { name, room: 'turns' }));
  // The control: what the same three hear of each other without a server.
  for (const [one, other] of [[0, 1], [0, 2], [1, 2]]) await connectDirectly(people[one], people[other]);
  for (const person of people) await person.setMuted(true);
  const results = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const talker = people[turn % 3];
    const listeners = people.filter((person) => person !== talker);
    for (const result of await takeTurn(t, talker, listeners)) {
      assert.ok(result.lost <= 1 && result.packets >= Math.min(40, result.direct.packets), `turn ${turn + 1}: ${JSON.stringify(result)}`);
      results.push(result);
    }
    // The previous speaker continues until this one has begun: two are heard at a time.
    if (turn > 0) await people[(turn + 2) % 3].setMuted(true);
  }
  // A stream that the server starts badly is concealed at every listener; one that meets a busy machine only at some.
  const most = median(results.map(excess));
  assert.ok(most < CONCEALED, `${percent(most, 1)} of most first seconds are concealed beyond what direct connections conceal`);
});

together('Lost packets are sent again to clients that ask for it, and asked for from clients that offer it', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'lossy';
  const join = async (name, { nack, ...losses }) => {
    const relay = await UdpRelay.start(t, losses);
    const prepare = async (page) => {
      await relay.serve(page);
      if (!nack) await page.addInitScript({ path: REFUSE_NACK });
    };
    const person = await VoicePage.join(browser, server, { name, room, prepare });
    const answer = await person.page.evaluate(() => window.probe.connections[0].pc.remoteDescription.sdp);
    assert.equal(/^a=rtcp-fb:\d+ nack\r$/m.test(answer), nack, `${name}: is nack in the answer?`);
    return { person, relay };
  };
  const ada = await join('Ada', { nack: true, loseUp: 12 });
  const listeners = [await join('Boris', { nack: true, loseDown: 12 }), await join('Chen', { nack: false, loseDown: 12 })];
  for (const { person } of listeners) {
    await person.setMuted(true);
    await heard(person, ada.person);
  }
  await delay(1000); // The first losses teach the jitter buffers to wait.
  const inbound = () => Promise.all(listeners.map(({ person }) => person.inbound()));
  const before = await inbound();
  await delay(5000);
  const after = await inbound();

  const shares = listeners.map(({ person, relay: { down } }, i) => {
    const last = after[i].reduce((best, slot) => (slot.packetsReceived > best.packetsReceived ? slot : best)); // Ada's
    const { packets, concealed, samples } = received(before[i].filter(({ id }) => id === last.id), [last]);
    t.diagnostic(`${person.name}: ${down.lost} of ${down.packets} packets lost, asked ${last.nackCount ?? 0} times; ` +
      `then ${packets} packets in 5 s, ${percent(concealed, samples)} of ${samples} samples concealed`);
    return concealed / samples;
  });
  const { lost_in: missing } = await server.statistics(room, ada.person.participant);
  const { up } = ada.relay;
  t.diagnostic(`Ada: ${up.lost} of ${up.packets} packets lost on the way up, ${missing} missing in the end`);
  assert.ok(shares[1] > 0.01, `without nack ${shares[1]} was concealed: that shows nothing`);
  assert.ok(shares[0] < shares[1] / 2, `concealed with nack ${shares[0]}, without ${shares[1]}`);
  assert.ok(missing < up.lost / 2, `${missing} of ${up.lost} packets are missing`);
});
