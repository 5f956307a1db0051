// SPDX-License-Identifier: Apache-2.0
// Clients as they are: Chromium with offers that are legal but unusual, and with an ICE restart in mid-call.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { record } from './harness/compatibility.mjs';
import { until } from './harness/until.mjs';
import { environment, KEY, VecheServer } from './harness/veche_server.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const WRONG = `a=fingerprint:sha-512 ${Array(64).fill('AB').join(':')}\r\n`;
const CANDIDATES = Array.from({ length: 80 }, (_, i) => `a=candidate:${i} 1 udp 1 192.0.2.1 ${4000 + i} typ host\r\n`).join('');

/** What is added before the voice, how the offer is changed on its way, and what its answer must have. */
const CASES = {
  usual: {},
  'video-first': { before: ['video'] },
  'video-first-max-bundle': { before: ['video'], config: { bundlePolicy: 'max-bundle' } },
  'data-channel-first': { before: ['data'] },
  'inactive-first': { before: ['inactive'] },
  'old-profile': { change: ['UDP/TLS/RTP/SAVPF', 'RTP/SAVPF'], answer: 'm=audio 9 RTP/SAVPF ' },
  'several-fingerprints': { change: ['a=fingerprint:', `${WRONG}a=fingerprint:`] },
  'many-candidates': { change: ['a=candidate:', `${CANDIDATES}a=candidate:`], once: true },
};

/** Runs in the page: one participant with a microphone and three slots. */
function installCall() {
  const gathered = (pc) => new Promise((resolve) => {
    const check = () => pc.iceGatheringState === 'complete' && resolve();
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });
  const authorized = (key, type, more = {}) => ({ Authorization: `Bearer ${key}`, 'Content-Type': type, ...more });
  const credentials = (sdp) => ['ufrag', 'pwd'].map((name) => sdp.match(`a=ice-${name}:(.*)`)[1].trim());

  window.call = async ({ path, key, before = [], config = {}, change, once }) => {
    const pc = new RTCPeerConnection(config);
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const kind of before) {
      if (kind === 'data') {
        pc.createDataChannel('x');
        // Only a description that is set fixes the order of m-lines.
        await pc.setLocalDescription(await pc.createOffer());
      } else {
        pc.addTransceiver(kind === 'video' ? 'video' : 'audio', { direction: kind === 'video' ? 'sendrecv' : 'inactive' });
      }
    }
    pc.addTransceiver(microphone.getAudioTracks()[0], { direction: 'sendonly' });
    for (let i = 0; i < 3; i += 1) pc.addTransceiver('audio', { direction: 'recvonly' });
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    const { sdp } = pc.localDescription;
    const body = change ? sdp[once ? 'replace' : 'replaceAll'](...change) : sdp;
    const response = await fetch(path, { method: 'POST', headers: authorized(key, 'application/sdp'), body });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(answer);
    await pc.setRemoteDescription({ type: 'answer', sdp: change ? answer.replaceAll('RTP/SAVPF', 'UDP/TLS/RTP/SAVPF').replaceAll('UDP/TLS/UDP/TLS/', 'UDP/TLS/') : answer });
    window.calls ??= {};
    window.calls[path] = { pc, answer, location: response.headers.get('location'), tag: response.headers.get('etag') };
    return answer;
  };

  window.counts = async (path) => {
    const { pc } = window.calls[path];
    const counts = { state: pc.connectionState, received: 0, receivedBytes: 0, sent: 0 };
    for (const each of (await pc.getStats()).values()) {
      if (each.type === 'inbound-rtp') {
        counts.received += each.packetsReceived;
        counts.receivedBytes += each.bytesReceived;
      }
      if (each.type === 'outbound-rtp' && each.kind === 'audio') counts.sent += each.packetsSent;
      if (each.type === 'transport') counts.ufrag = each.iceLocalUsernameFragment;
    }
    return counts;
  };

  window.restart = async (path, key) => {
    const call = window.calls[path];
    const { pc } = call;
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    await gathered(pc);
    const [ufrag, password] = credentials(pc.localDescription.sdp);
    const body = `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${password}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:${pc.getTransceivers()[0].mid}\r\n`;
    const response = await fetch(call.location, {
      method: 'PATCH', headers: authorized(key, 'application/trickle-ice-sdpfrag', { 'If-Match': '*' }), body,
    });
    const fragment = await response.text();
    if (response.status !== 200) return { status: response.status };
    const [newUfrag, newPassword] = credentials(fragment);
    const sdp = call.answer.replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${newUfrag}`).replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${newPassword}`);
    await pc.setRemoteDescription({ type: 'answer', sdp });
    return { status: 200, ufrag, newTag: response.headers.get('etag'), oldTag: call.tag };
  };
}

const versionOf = (page) => page.context().browser().version();

async function openPage(t, server) {
  const browser = await launchBrowser(t);
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.evaluate(installCall);
  return page;
}

test('Unusual offers are answered, and their clients hear each other', async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 3 });
  const page = await openPage(t, server);
  const pathOf = (name) => `/v1/rooms/clients/participants/${name}/session`;
  const counts = (name) => page.evaluate((path) => window.counts(path), pathOf(name));
  await Promise.all(Object.entries(CASES).map(async ([name, { answer, ...call }]) => {
    const text = await page.evaluate((all) => window.call(all), { path: pathOf(name), key: KEY, ...call })
      .catch((error) => { throw new Error(`${name}: ${error.message}`); });
    if (answer) assert.ok(text.includes(answer), text);
  }));
  for (const name of Object.keys(CASES)) {
    await until(`${name} sends and receives`, async () => {
      const { state, sent, received } = await counts(name);
      return state === 'connected' && sent > 50 && received > 50;
    });
    const { packets_received: arrived } = await server.statistics('clients', name);
    assert.ok(arrived > 0, `nothing of ${name} has arrived`);
  }

  const restarted = await page.evaluate(([path, key]) => window.restart(path, key), [pathOf('usual'), KEY]);
  if (environment.path === 'pipeline') {
    assert.equal(restarted.status, 422);
    return;
  }
  assert.equal(restarted.status, 200);
  assert.notEqual(restarted.newTag, restarted.oldTag);
  const before = await counts('usual');
  await until('media goes on with the new credentials', async () => {
    const { ufrag, state, sent, received } = await counts('usual');
    return ufrag === restarted.ufrag && state === 'connected' && sent > before.sent + 100 && received > before.received + 100;
  });
  await server.connected('clients', Object.keys(CASES).length);
  record('Chromium', versionOf(page), 'ICE restart');
});

test('Redundant Opus goes to listeners that have it, and plain Opus to others', async (t) => {
  const server = await VecheServer.start(t);
  const page = await openPage(t, server);
  const pathOf = (name) => `/v1/rooms/red/participants/${name}/session`;
  const calls = {
    talker: { change: ['SAVPF 111 63', 'SAVPF 63 111'] },
    modern: {},
    plain: { change: ['a=rtpmap:63 red/', 'a=rtpmap:63 other/'] },
  };
  for (const [name, call] of Object.entries(calls)) {
    const answer = await page.evaluate((all) => window.call(all), { path: pathOf(name), key: KEY, ...call });
    assert.equal(/red\/48000\/2/.test(answer), name !== 'plain', answer);
    // Only the first one is heard.
    if (name !== 'talker') await server.api('PATCH', `/v1/rooms/red/participants/${name}`, { muted: true });
  }
  const counts = (name) => page.evaluate((path) => window.counts(path), pathOf(name));
  const packetBytes = async (name) => {
    await until(`${name} hears the talker`, async () => (await counts(name)).received > 150);
    const { received, receivedBytes } = await counts(name);
    return receivedBytes / received;
  };
  const [modern, plain] = [await packetBytes('modern'), await packetBytes('plain')];
  // Chromium does not say of a packet whether it had redundancy, but each frame comes twice.
  assert.ok(modern > 1.6 * plain, `${modern} and ${plain} bytes a packet`);
  record('Chromium', versionOf(page), 'redundant audio');
});
