// SPDX-License-Identifier: Apache-2.0
// The wire path with clients that mostly wait: its one port, reports.

import assert from 'node:assert/strict';

import { assertWhole, measureLoad, runAiortcPeer } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { judged } from './harness/judged.mjs';
import { udpPort } from './harness/ports.mjs';
import { udpSockets } from './harness/sockets.mjs';
import { until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const test = concurrentTests(2);

const inUse = ({ packetsReceived }) => packetsReceived > 0;

test('One UDP port carries everybody', judged(async (t) => {
  const port = await udpPort();
  const server = await VecheServer.start(t, { media: { lanes: 1, ports: [port, port] } });
  const room = 'one-port';
  const load = measureLoad(t, server, { room, participants: 6, talkers: 2, duration: 6, 'expect-no-loss': true });
  const peer = runAiortcPeer(t, server, { room, participant: 'boris', seconds: 8 });
  for (const each of [load, peer]) each.catch(() => {}); // Awaited at the end; they may fail before.
  await server.connected(room, 7);
  assert.deepEqual((await server.lanes()).map((lane) => lane.port), [port]);
  const sockets = udpSockets(server.pid);
  assert.ok(sockets.length > 0);
  assert.deepEqual(sockets.filter((socket) => socket.port !== port), []);

  const { slots } = await peer;
  const active = slots.filter(({ frames }) => frames > 100);
  assert.ok(active.length >= 2, `the aiortc client heard ${JSON.stringify(slots)}`);
  const figures = await load;
  assertWhole(figures, 6);
  assert.ok(figures.packets.foreign > 6 * 100, `the load generator heard ${figures.packets.foreign} packets of the aiortc client`);
}));

/** A sane report on what a page sends, and one on a slot that it receives. On a busy machine some show a long round trip, but not all. */
async function reportsAt(person) {
  const about = await until('a sane report on the microphone came', async () =>
    (await person.statistics('remote-inbound-rtp')).find(({ roundTripTime, jitter }) => roundTripTime > 0 && roundTripTime < 0.2 && jitter < 0.05));
  const sent = await until('a report on a slot in use came', async () => {
    const slots = (await person.inbound()).filter(inUse);
    return (await person.statistics('remote-outbound-rtp')).find(({ id }) => slots.some(({ remoteId }) => remoteId === id));
  });
  return { about, sent };
}

test("A client's statistics show sane reports of ours, and ours of the client's", async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'reports';
  const people = [];
  for (const name of ['Ada', 'Boris']) people.push(await VoicePage.join(browser, server, { name, room }));
  for (const person of people) {
    const { about, sent } = await reportsAt(person);
    t.diagnostic(`at ${person.name}: round trip ${1000 * about.roundTripTime} ms, jitter ${1000 * about.jitter} ms, ` +
      `lost ${about.packetsLost}; of a slot ${sent.packetsSent} packets reported as sent`);
    assert.equal(about.fractionLost, 0);
    assert.equal(about.packetsLost, 0);
    assert.ok(sent.packetsSent > 0 && sent.reportsSent > 0, JSON.stringify(sent));
    const own = await until('the server knows the round trip', async () => {
      const statistics = await server.statistics(room, person.participant);
      return statistics.round_trip_ms > 0 && statistics.round_trip_ms < 200 && statistics;
    });
    t.diagnostic(`at the server: ${JSON.stringify(own)}`);
    assert.equal(own.path, 'wire');
    assert.equal(own.lost_in, 0);
    assert.equal(own.lost_out, 0);
  }
});
