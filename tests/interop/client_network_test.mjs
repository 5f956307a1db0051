// SPDX-License-Identifier: Apache-2.0
// Clients in Chromium whose network goes away, changes or forgets them. One after the other, in a network of their own
// (harness/own_network): an address that comes or goes ends the requests of every Chromium that sees it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Namespace, namespaceProblem } from './harness/namespace.mjs';
import { tryTwice } from './harness/retry.mjs';
import { longestPause } from './harness/timeline.mjs';
import { UdpRelay } from './harness/udp_relay.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { bothHear, ClientPage } from './pages/client_page.mjs';
import { heard } from './pages/hearing.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const skip = namespaceProblem() ?? false;
const CUTS_S = environment.full ? [2, 10, 40] : [2, 10];
const BACK_MS = 3000; // From the return of the network to sound in both directions.
const ROSTER_MS = 1000;
const ONE_NEGOTIATION = [['have-local-offer', 'stable']];
/** Chromium checks the pair that it uses every 2.5 s. */
const CHECK_INTERVAL_MS = 2500;
const LATE_MS = 2000; // Less than a check's interval: the server does not wait for the next one.

test('A network that is cut comes back with sound within three seconds, as the same participant', { skip }, async (t) => {
  const namespace = new Namespace(t, 1);
  const [link] = namespace.links;
  const server = await VecheServer.start(t, { host: link.remote, media: { addresses: [link.remote] } });
  const inside = await launchBrowser(t, { prefix: namespace.prefix, server });
  const outside = await launchBrowser(t, { server });
  const room = 'cut';
  const ada = await ClientPage.join(inside, server, { room, participant: 'ada' });
  const boris = await ClientPage.join(outside, server, { room, participant: 'boris' });
  await bothHear(ada, boris);

  for (const cutS of CUTS_S) {
    await t.test(`for ${cutS} s`, () => tryTwice(`a cut of ${cutS} s`, async () => {
      const former = await ClientPage.join(outside, server, { room, participant: 'former', listens: true });
      await until('Ada sees the one who will leave', async () => (await ada.roster()).includes('former'));
      namespace.takeDown(link);
      const cutAtMs = Date.now();
      await former.page.evaluate(() => window.client.leave());
      await delay(1000 * cutS - (Date.now() - cutAtMs));
      const returnedAtMs = Date.now();
      namespace.bringUp(link);
      const [hearsMs, heardMs] = (await Promise.all([ada.hears(boris, returnedAtMs), boris.hears(ada, returnedAtMs)])).map((atMs) => Math.round(atMs - returnedAtMs));
      t.diagnostic(`after ${cutS} s: it hears after ${hearsMs} ms, is heard after ${heardMs} ms, and has had ${await ada.sessions()} sessions`);
      for (const ms of [hearsMs, heardMs]) assert.ok(ms < BACK_MS, `${ms} ms: ${JSON.stringify(await ada.states())}`);
      await ada.is('connected');
      await until('Ada sees exactly those who are there', async () => (await ada.roster()).join() === 'ada,boris', ROSTER_MS);
      assert.deepEqual(await server.present(room), ['ada', 'boris']);
      await former.page.close();
    }));
  }
  assert.deepEqual(ada.errors, []);
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
  assert.deepEqual(await other.signalling(), ONE_NEGOTIATION, other.name);
  const [moves, ...more] = await mover.signalling();
  assert.deepEqual(more, [], 'it is another connection');
  // Its browser may say that the network has changed, or that it is lost: then the client restarts ICE.
  assert.ok(moves.length <= 2 * ONE_NEGOTIATION[0].length, `${mover.name}: ${moves}`);
  for (const person of [mover, other]) assert.deepEqual(person.errors, [], person.name);
  const moved = samples[0].find(({ pair }) => pair.local !== samples[0][0].pair.local);
  return { hearsMs, heardMs, movedMs: moved && moved.timeMs - timeMs };
}

test('A client that loses its network goes on over another without a new session', { skip }, async (t) => {
  const namespace = new Namespace(t, 2);
  const [first, second] = namespace.links;
  const server = await VecheServer.start(t, { host: second.remote, media: { addresses: [first.remote, second.remote] } });
  const inside = await launchBrowser(t, { prefix: namespace.prefix, server });
  const outside = await launchBrowser(t, { server });
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
  assert.ok(movedMs, 'the browser has not moved');
  for (const timeMs of [hearsMs, heardMs]) assert.ok(timeMs - movedMs < LATE_MS, `${timeMs - movedMs} ms after it moved`);
});

test('A client behind a NAT that forgets it goes on without a new session', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const relay = await UdpRelay.start(t);
  const room = 'behind-nat';
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room, prepare: (page) => relay.serve(page) });
  const boris = await VoicePage.join(browser, server, { name: 'Boris', room });
  const { hearsMs, heardMs } = await disturbCall(t, server, room, [ada, boris], { recordMs: 6500, disturb: () => relay.changeAddress() });
  // The client is not told, and to the server the new address is a stranger's until the next check.
  for (const timeMs of [hearsMs, heardMs]) assert.ok(timeMs < CHECK_INTERVAL_MS + LATE_MS, `${timeMs} ms`);
});
