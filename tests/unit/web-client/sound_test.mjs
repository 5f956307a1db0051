// SPDX-License-Identifier: Apache-2.0
// What a voice client sends and plays: its microphone, push to talk, slots, volumes, encryption, and what the server hints at.

import assert from 'node:assert/strict';
import test from 'node:test';

import { VoiceError } from '../../../clients/web/src/index.js';
import { entry, join, setUp, snapshot } from './call.mjs';
import { fakeMicrophone } from './fake_browser.mjs';

/** What the client uses of a Microphone. */
class FakeMicrophone extends EventTarget {
  state = 'open';
  taken = 0;
  observed = [];

  constructor() {
    super();
    Object.assign(this, fakeMicrophone(), { getAudioTracks: undefined });
    delete this.getAudioTracks;
    this.stream = { id: 'stream' };
  }

  change(track) {
    this.track = track;
    this.dispatchEvent(new CustomEvent('track', { detail: { track } }));
  }

  become(state, reason) {
    this.state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: { state, reason } }));
  }

  take() {
    this.taken += 1;
  }

  observe(sender) {
    this.observed.push(sender);
  }

  close() {
    this.state = 'closed';
  }
}

const senderOf = (connection) => connection.transceivers[0].sender;

test('Push to talk: the microphone is open only while the person talks, and others see no mute', async (t) => {
  const { time, client, sockets } = setUp(t);
  const { track, ...stream } = fakeMicrophone();
  await join(time, client, stream);
  snapshot(sockets[0]);
  client.pushToTalk = true;
  assert.deepEqual([client.pushToTalk, track.enabled, client.silencedBy], [true, false, '']);
  const heard = (isTalking) => {
    client.setTalking(isTalking);
    return track.enabled;
  };
  assert.deepEqual([heard(true), heard(false), heard(true)], [true, false, true]);
  client.setMuted(true);
  assert.equal(track.enabled, false, 'a mute counts, whatever the key does');
  client.setMuted(false);
  assert.equal(track.enabled, true);
  client.setTalking(false);
  client.pushToTalk = false;
  assert.equal(track.enabled, true);
  assert.deepEqual(sockets[0].sent.map(({ type }) => type), ['mute', 'mute']);
});

test('A microphone is taken from another tab when the person begins to speak here', async (t) => {
  const { time, client, sockets } = setUp(t);
  const microphone = new FakeMicrophone();
  await join(time, client, microphone);
  snapshot(sockets[0], { self: entry('ann', { muted_by_backend: true }) });
  snapshot(sockets[0]);
  client.setMuted(true);
  client.pushToTalk = true;
  assert.equal(microphone.taken, 0);
  client.setMuted(false);
  assert.equal(microphone.taken, 1);
  for (const isTalking of [true, true, false, true]) client.setTalking(isTalking);
  assert.equal(microphone.taken, 3);
});

test('A device that changes is sent in the same session, muted as before', async (t) => {
  const { time, client, connections, server } = setUp(t);
  const microphone = new FakeMicrophone();
  await join(time, client, microphone);
  client.setMuted(true);
  const { track: next } = fakeMicrophone();
  microphone.change(next);
  await time.advance(0);
  assert.equal(senderOf(connections[0]).track, next);
  assert.equal(next.enabled, false);
  assert.equal(server.seen('POST').length, 1);
  assert.ok(microphone.observed.every((sender) => sender === senderOf(connections[0])));
  client.leave();
  assert.deepEqual([microphone.state, microphone.observed.at(-1)], ['closed', null]);
});

test('Another microphone takes the place of the first without a new session, and the first stays the caller\'s', async (t) => {
  const { time, client, connections, server } = setUp(t);
  const [first, second] = [new FakeMicrophone(), new FakeMicrophone()];
  await join(time, client, first);
  await client.setMicrophone(second);
  assert.equal(senderOf(connections[0]).track, second.track);
  assert.deepEqual([first.state, first.observed.at(-1), second.observed.at(-1)], ['open', null, senderOf(connections[0])]);
  first.change(fakeMicrophone().track);
  await time.advance(0);
  assert.equal(senderOf(connections[0]).track, second.track, 'nobody listens to the first any more');
  await client.setMicrophone(null);
  assert.equal(senderOf(connections[0]).track, null);
  await client.setMicrophone(fakeMicrophone());
  assert.equal(server.seen('POST').length, 1);
  assert.equal(client.state, 'connected');
});

test('A listener that gets a microphone begins another session, because the first has no place for it', async (t) => {
  const { time, client, connections, server } = setUp(t);
  await join(time, client);
  client.setMicrophone(fakeMicrophone());
  await time.advance(0);
  assert.equal(server.seen('POST').length, 2);
  assert.deepEqual([connections[1].sends, client.state], [true, 'connected']);
});

test('What becomes of the microphone is an event; one that is open again starts the players', async (t) => {
  const { time, client, players } = setUp(t);
  const microphone = new FakeMicrophone();
  const seen = [];
  client.addEventListener('microphone', ({ detail }) => seen.push(detail));
  client.addEventListener('autoplayblocked', ({ detail }) => seen.push(detail.code));
  await join(time, client, microphone);
  microphone.become('interrupted', 'system');
  players.areBlocked = true;
  microphone.become('open', '');
  await time.advance(0);
  assert.deepEqual(seen, [{ state: 'interrupted', reason: 'system' }, { state: 'open', reason: '' }, 'autoplay-blocked']);
  const { track, ...stream } = fakeMicrophone();
  await client.setMicrophone(stream);
  track.dispatchEvent(new Event('ended'));
  assert.deepEqual(seen.at(-1), { state: 'lost', reason: 'ended' });
  assert.equal(client.state, 'connected', 'the others are still heard');
});

test('A blocked autoplay is an event with advice, and is over when the person has clicked', async (t) => {
  const { time, client, players } = setUp(t);
  const blocked = [];
  client.addEventListener('autoplayblocked', ({ detail }) => blocked.push(detail));
  players.areBlocked = true;
  await join(time, client);
  await time.advance(0);
  assert.equal(blocked.length, 1);
  assert.ok(blocked[0] instanceof VoiceError);
  assert.match(blocked[0].advice, /[Cc]lick/);
  players.areBlocked = false;
  await client.resume();
  assert.equal(blocked.length, 1);
});

test('The number of slots is that of the session, and another number takes another session', async (t) => {
  const { time, client, connections, players, states, server } = setUp(t, { slots: 3 });
  await join(time, client, fakeMicrophone());
  assert.equal(connections[0].transceivers.length, 4);
  await client.setSlots(3);
  assert.equal(connections.length, 1);
  client.setSlots(2);
  await time.advance(0);
  assert.equal(connections[1].transceivers.length, 3);
  assert.deepEqual(players.map(({ srcObject }) => srcObject?.tracks[0] === undefined), [false, false, true]);
  assert.deepEqual(states(), ['connecting', 'connected', 'connecting', 'connected']);
  assert.deepEqual(server.seen('DELETE'), []);
  client.leave();
  await client.setSlots(5);
  await join(time, client);
  assert.equal(connections[2].transceivers.length, 5);
});

test('The slots suit the device where the page leaves it to the client', async (t) => {
  const { time, client, connections } = setUp(t, { slots: 'auto' });
  await join(time, client);
  assert.ok(connections[0].transceivers.length >= 2);
});

test('A volume is a participant\'s, in whatever slot it is heard, also after a reconnect', async (t) => {
  const { time, client, sockets, players, server } = setUp(t, { slots: 2 });
  await join(time, client);
  snapshot(sockets[0], { others: [entry('bob')], slots: [{ mid: '1', participant: 'bob' }] });
  client.setVolume('bob', 0.3);
  const volumes = () => players.map(({ volume }) => volume);
  assert.deepEqual(volumes(), [1, 0.3]);
  sockets[0].receive({ type: 'slots', seq: 2, data: [{ mid: '0', participant: 'bob' }, { mid: '1', participant: 'eve' }] });
  assert.deepEqual(volumes(), [0.3, 1]);
  server.session = '';
  sockets[0].close();
  await time.advance(5000);
  snapshot(sockets.at(-1), { slots: [{ mid: '1', participant: 'bob' }] });
  assert.deepEqual(volumes(), [1, 0.3]);
});

test('The microphone does what a hint asks, and what the browser likes when it asks nothing', async (t) => {
  const { time, client, sockets, connections, server } = setUp(t);
  await join(time, client, fakeMicrophone());
  assert.deepEqual(server.requests.find(({ method }) => method === 'POST').query, { hints: 'true' });
  const [microphone, slot] = connections[0].transceivers.map(({ sender }) => sender);
  const hint = (tracks) => sockets[0].receive({ type: 'hint', data: { max_bitrate_bps: 1, tracks } });
  hint([{ mid: '7', max_bitrate_bps: 8000, packet_ms: 60 }, { mid: '0', max_bitrate_bps: 24000, packet_ms: 60, dtx: true, reason: 'congestion' }]);
  await time.advance(0);
  assert.deepEqual(microphone.parameters.encodings, [{ active: true, maxBitrate: 24000 }]);
  assert.deepEqual(slot.parameters.encodings, [{ active: true }]);
  hint([{ mid: '0', max_bitrate_bps: 16000, packet_ms: 40 }]);
  hint([]); // Before the browser has done the former.
  await time.advance(0);
  assert.deepEqual(microphone.parameters.encodings, [{ active: true }]);
});

/** As an Encryption looks to the client. */
function fakeEncryption() {
  const attached = [];
  return Object.assign(new EventTarget(), {
    isActive: true, configuration: { encodedInsertableStreams: true }, attached,
    attachSender: (sender, participant) => attached.push([sender, participant]),
    attachReceiver: (receiver) => attached.push([receiver]),
    participants: (roster) => attached.push([...roster.keys()]),
  });
}

test('Encryption is attached before anything is sent, and the server is told', async (t) => {
  t.after(() => delete globalThis.RTCRtpReceiver);
  globalThis.RTCRtpReceiver = { getCapabilities: () => ({ codecs: [{ mimeType: 'audio/opus' }, { mimeType: 'audio/RED' }] }) };
  const encryption = fakeEncryption();
  const { time, client, connections, server, sockets } = setUp(t, { encryption, slots: 1 });
  const states = [];
  client.addEventListener('encryption', ({ detail }) => states.push(detail));
  server.refuse = () => assert.equal(encryption.attached.length, 2);
  await join(time, client, fakeMicrophone());
  const [microphone, slot] = connections[0].transceivers;
  assert.deepEqual(encryption.attached, [[microphone.sender, 'ann'], [slot.receiver]]);
  assert.deepEqual([microphone.codecs, slot.codecs], [[{ mimeType: 'audio/opus' }], [{ mimeType: 'audio/opus' }]], 'no RED, which the server could not read');
  assert.deepEqual(server.requests.find(({ method }) => method === 'POST').query, { hints: 'true', encrypted: 'true' });
  assert.equal(connections[0].configuration.encodedInsertableStreams, true);
  snapshot(sockets[0], { others: [entry('bob')] });
  assert.deepEqual(encryption.attached.at(-1), ['ann', 'bob']);
  encryption.dispatchEvent(new CustomEvent('state', { detail: { participant: 'bob', state: 'missing-key' } }));
  assert.deepEqual(states, [{ participant: 'bob', state: 'missing-key' }]);
});

test('A call whose encryption fails does not go on without', async (t) => {
  const encryption = fakeEncryption();
  encryption.attachSender = () => {
    throw new VoiceError('not-supported');
  };
  const { time, client, server, states } = setUp(t, { encryption });
  assert.equal((await join(time, client, fakeMicrophone())).code, 'not-supported');
  assert.deepEqual(server.requests, []);
  assert.deepEqual(states(), ['connecting', 'closed: refused']);
});
