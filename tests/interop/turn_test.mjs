// SPDX-License-Identifier: Apache-2.0
// Clients that reach the server through TURN alone, with the credentials that they get from the server. One after the other, in a
// network of their own (harness/own_network).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runPython } from './harness/command.mjs';
import { Coturn, coturnProblem } from './harness/coturn.mjs';
import { Namespace, namespaceProblem } from './harness/namespace.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { heard } from './pages/hearing.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const NO_TURN = coturnProblem();
const skip = NO_TURN ?? namespaceProblem() ?? false;
const LOOPBACK = '127.0.0.1';

/** A client's network that reaches HTTP and the TURN server, but not media's address. */
async function separated(t, transport) {
  const namespace = new Namespace(t, 2);
  const [near, far] = namespace.links;
  namespace.takeDown(far);
  const turn = await Coturn.start(t, { address: near.remote, peer: far.remote });
  const server = await VecheServer.start(t, { host: near.remote, media: { addresses: [far.remote], ice_servers: [turn.server(transport)] } });
  return { near, server, turn, prefix: namespace.prefix };
}

/** The page's own selected candidate. */
async function usedCandidate(person) {
  const [transport] = await person.statistics('transport');
  const pair = (await person.statistics('candidate-pair')).find(({ id }) => id === transport.selectedCandidatePairId);
  return (await person.statistics('local-candidate')).find(({ id }) => id === pair.localCandidateId);
}

for (const transport of ['udp', 'tcp']) {
  test(`A browser that reaches nothing but a TURN server over ${transport} hears and is heard`, { skip }, async (t) => {
    const { server, prefix } = await separated(t, transport);
    const inside = await launchBrowser(t, { prefix, server });
    const outside = await launchBrowser(t, { server });
    const fragment = `#key=${server.key}`;
    const room = `turn-${transport}`;
    const ada = await VoicePage.join(inside, server, { name: 'Ada', room, fragment });
    const boris = await VoicePage.join(outside, server, { name: 'Boris', room, fragment });
    await Promise.all([heard(ada, boris), heard(boris, ada)]);
    const { candidateType, relayProtocol } = await usedCandidate(ada);
    assert.deepEqual({ candidateType, relayProtocol }, { candidateType: 'relay', relayProtocol: transport });
    for (const person of [ada, boris]) assert.deepEqual(person.errors, [], person.name);
  });
}

test('aiortc reaches the server through TURN over TLS, and not without', { skip }, async (t) => {
  const { near, server, turn, prefix } = await separated(t, 'tls');
  const peer = async (participant, withTurn) => {
    const { token, ice_servers: servers } = await server.invite('turns', participant);
    const extra = withTurn ? ['--ice-servers', JSON.stringify(servers)] : [];
    const { code, output, errors } = await runPython(t, 'aiortc_peer.py', [
      '--server', server.url, '--room', 'turns', '--participant', participant, '--token', token, '--seconds', 6,
      '--address', near.local, ...extra], [...prefix, 'env', `SSL_CERT_FILE=${turn.certificate}`]);
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  };
  const [ada, boris, carl] = await Promise.all([peer('ada', true), peer('boris', true), peer('carl', false)]);
  for (const { states, slots } of [ada, boris]) {
    assert.ok(states.includes('connected'), `states: ${states}`);
    const frames = slots.reduce((sum, slot) => sum + slot.audible_frames, 0);
    assert.ok(frames > 60, `${frames} audible frames`);
  }
  assert.ok(!carl.states.includes('connected'), `without TURN: ${carl.states}`);
});

/** The relayed candidates that a page gets of these servers. */
const relayed = (page, iceServers) => page.evaluate(async (servers) => {
  const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' });
  const candidates = [];
  const complete = new Promise((resolve) => {
    pc.addEventListener('icecandidate', ({ candidate }) => (candidate ? candidates.push(candidate.type) : resolve()));
  });
  pc.addTransceiver('audio');
  await pc.setLocalDescription();
  await complete;
  pc.close();
  return candidates;
}, iceServers);

test('coturn takes what the server hands out, and neither old, foreign nor invented credentials', { skip: NO_TURN ?? false }, async (t) => {
  const turn = await Coturn.start(t, { address: LOOPBACK, peer: LOOPBACK });
  const [good, foreign] = [turn.server('udp'), turn.server('udp', 'of-another-turn-server')];
  const server = await VecheServer.start(t, { media: { ice_servers: [good, foreign] } });
  const page = await (await launchBrowser(t)).newPage();
  const { ice_servers: [own, other] } = await server.invite('credentials', 'ada');
  const nowS = Math.floor(Date.now() / 1000);
  const madeBy = (credentials) => [{ urls: own.urls, ...credentials }];

  assert.ok((await relayed(page, [own])).length > 0, turn.log);
  assert.ok((await relayed(page, madeBy(turn.credentials('ada', nowS + 60)))).length > 0, turn.log);
  assert.deepEqual(await relayed(page, [other]), [], 'of another secret');
  assert.deepEqual(await relayed(page, madeBy(turn.credentials('ada', nowS - 60))), [], 'expired');
  assert.deepEqual(await relayed(page, madeBy({ ...own, username: own.username.replace('ada', 'eve') })), [], 'of another name');
});
