// SPDX-License-Identifier: Apache-2.0
// The wire path from outside: its one port, floods, clients that move, how streams begin, reports and retransmission.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertNothingMissing, measureLoad, runAiortcPeer, runPython, startCall } from './harness/command.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { Namespace, namespaceProblem } from './harness/namespace.mjs';
import { udpPort } from './harness/ports.mjs';
import { udpSockets } from './harness/sockets.mjs';
import { firstSecond, longestPause, QUIET_MS } from './harness/timeline.mjs';
import { UdpRelay } from './harness/udp_relay.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { connectDirectly, excess, median } from './pages/direct_call.mjs';
import { launchBrowser, received, VoicePage } from './pages/voice_page.mjs';

const concurrent = concurrentTests(2);

const ONE_NEGOTIATION = [['have-local-offer', 'stable']];
const ASK_FOR_NACK = fileURLToPath(new URL('pages/ask_for_nack.js', import.meta.url));
/** Chromium checks the pair that it uses every 2.5 s. */
const CHECK_INTERVAL_MS = 2500;
const LATE_MS = 1000;
/** Fraction of a first second that may be concealed beyond what the same pages conceal without a server. */
const CONCEALED = 0.03;
const heard = (listener, talker) => until(`${listener.name} hears ${talker.name}`, () => listener.hears(talker));
const inUse = ({ packetsReceived }) => packetsReceived > 0;
const percent = (part, whole) => `${((100 * part) / whole).toFixed(2)} %`;

/** All participants joined, all heard every talker, nothing was lost. */
function assertWhole(figures, participants) {
  assertNothingMissing(figures);
  assert.equal(figures.joins.joined, participants);
  assert.equal(figures.packets.lost, 0);
}

concurrent('One UDP port carries everybody', async (t) => {
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
});

test('Garbage from one source costs established calls nothing', async (t) => {
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
});

/** Two people in a call during `disturb`, which happens to the first. Returns when each of them recovered after it. */
async function disturbCall(t, server, room, [mover, other], { recordMs, disturb }) {
  await Promise.all([heard(mover, other), heard(other, mover)]);
  const before = await server.statistics(room, mover.participant);
  const recordings = Promise.all([mover.record(recordMs), other.record(recordMs)]);
  await delay(1000);
  await disturb();
  const timeMs = Date.now();
  const samples = await recordings;
  const [hearsMs, heardMs] = samples.map((each) => longestPause(each).toMs - timeMs);
  t.diagnostic(`after ${heardMs} ms ${mover.name} was heard, after ${hearsMs} ms she heard others`);
  await Promise.all([heard(mover, other), heard(other, mover)]);
  const after = await server.statistics(room, mover.participant);
  assert.equal(after.session, before.session, 'it is another session');
  assert.equal(after.state, 'connected');
  for (const person of [mover, other]) {
    assert.deepEqual(await person.signalling(), ONE_NEGOTIATION, person.name);
    assert.deepEqual(person.errors, [], person.name);
  }
  const moved = samples[0].find(({ pair }) => pair.local !== samples[0][0].pair.local);
  return { hearsMs, heardMs, movedMs: moved && moved.timeMs - timeMs };
}

test('A client that loses its network goes on over another without a new session', { skip: namespaceProblem() ?? false }, async (t) => {
  const namespace = new Namespace(t, 2);
  const [first, second] = namespace.links;
  const server = await VecheServer.start(t, { host: second.remote, media: { addresses: [first.remote, second.remote] } });
  const inside = await launchBrowser(t, { prefix: namespace.prefix, origin: server.url });
  const outside = await launchBrowser(t, { origin: server.url });
  const room = 'moving';
  const fragment = `#key=${server.key}`;
  const ada = await VoicePage.join(inside, server, { name: 'Ada', room, fragment });
  const boris = await VoicePage.join(outside, server, { name: 'Boris', room, fragment });
  const uses = ({ local, remote }) => until(`media takes ${local}`, async () => {
    const pair = await ada.pair();
    return pair.local === local && pair.remote === remote;
  });
  await uses(first); // Of the server's addresses the first has the highest priority.

  const { hearsMs, heardMs, movedMs } = await disturbCall(t, server, room, [ada, boris], {
    recordMs: 9000, disturb: () => namespace.takeDown(first) });
  await uses(second);
  // Chromium keeps a pair for 2.5 s without an answer and one more, on any network; then it sends on another at once, and nominates
  // that with its next check.
  t.diagnostic(`the browser itself moved after ${movedMs} ms`);
  assert.ok(movedMs < 6000, `the browser took ${movedMs} ms to move`);
  for (const timeMs of [hearsMs, heardMs]) assert.ok(timeMs - movedMs < LATE_MS, `${timeMs - movedMs} ms after it moved`);
});

concurrent('A client behind a NAT that forgets it goes on without a new session', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const relay = await UdpRelay.start(t);
  const room = 'behind-nat';
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room, prepare: (page) => relay.serve(page) });
  const boris = await VoicePage.join(browser, server, { name: 'Boris', room });
  const { hearsMs, heardMs } = await disturbCall(t, server, room, [ada, boris], { recordMs: 5000, disturb: () => relay.changeAddress() });
  // The client is not told, and to the server the new address is a stranger's until the next check.
  for (const timeMs of [hearsMs, heardMs]) assert.ok(timeMs < CHECK_INTERVAL_MS + LATE_MS, `${timeMs} ms`);
});

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

test('The first second of every stream is without gaps', async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 2 });
  const browser = await launchBrowser(t);
  const people = [];
  for (const name of ['Ada', 'Boris', 'Chen']) people.push(await VoicePage.join(browser, server, { name, room: 'turns' }));
  // The control: what the same three hear of each other without a server.
  for (const [one, other] of [[0, 1], [0, 2], [1, 2]]) await connectDirectly(people[one], people[other]);
  for (const person of people) await person.setMuted(true);
  const results = [];
  for (let turn = 0; turn < 5; turn += 1) {
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

concurrent("A client's statistics show sane reports of ours, and ours of the client's", async (t) => {
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

concurrent('Lost packets are sent again to clients that ask for it, and asked for from clients that offer it', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const room = 'lossy';
  const join = async (name, { nack, ...losses }) => {
    const relay = await UdpRelay.start(t, losses);
    const prepare = async (page) => {
      await relay.serve(page);
      if (nack) await page.addInitScript({ path: ASK_FOR_NACK });
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
