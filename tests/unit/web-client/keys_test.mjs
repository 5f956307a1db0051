// SPDX-License-Identifier: Apache-2.0
// Which key a frame of an encrypted call is sealed and opened with, that no key meets a counter twice, and when the page learns of it.

import assert from 'node:assert/strict';
import test from 'node:test';

import { SUITES } from '../../../clients/web/src/e2ee/cipher_suites.js';
import { FrameOpener } from '../../../clients/web/src/e2ee/frame_opener.js';
import { FrameSealer } from '../../../clients/web/src/e2ee/frame_sealer.js';
import { makeKid, randomSession, readKid, senderNumber } from '../../../clients/web/src/e2ee/key_id.js';
import { KeyStore } from '../../../clients/web/src/e2ee/key_store.js';
import { ReplayWindow } from '../../../clients/web/src/e2ee/replay_window.js';
import { decodeHeader } from '../../../clients/web/src/e2ee/sframe_header.js';
import { StateReports } from '../../../clients/web/src/e2ee/state_reports.js';

const SUITE = SUITES.AES_128_GCM_SHA256_128;
const VOICE = Uint8Array.from({ length: 60 }, (_, i) => i);
const keyOf = (byte) => crypto.subtle.importKey('raw', new Uint8Array(32).fill(byte), 'HKDF', false, ['deriveBits']);
const [KEY, OTHER, THIRD] = await Promise.all([1, 2, 3].map(keyOf));

/** One person with keys: [owner, index, key] each. */
function person(...keys) {
  const store = new KeyStore();
  for (const [owner, index, key] of keys) store.set(owner, index, key);
  return { store, sealer: new FrameSealer(store, SUITE), opener: new FrameOpener(store, SUITE) };
}

/** Two ids with the same sender number. */
function namesakes() {
  const known = new Map();
  for (let i = 0; ; i += 1) {
    const number = senderNumber(`p${i}`);
    if (known.has(number)) return [known.get(number), `p${i}`];
    known.set(number, `p${i}`);
  }
}

test('A KID says its sender and the place of its key, whatever the session', () => {
  for (const session of [0n, 1n, 2n ** 44n - 1n]) {
    const kid = makeKid(session, 0xabcd, 21);
    assert.deepEqual(readKid(kid), { sender: 0xabcd, place: 5 });
    assert.equal(kid >> 20n, session);
  }
});

test('Sender numbers use their 16 bits, and sessions their 44', () => {
  const numbers = Array.from({ length: 4000 }, (_, i) => senderNumber(`participant-${i}`));
  assert.ok(numbers.every((number) => number >= 0 && number < 65536));
  // Of 4000 random ones about 3880 differ.
  assert.ok(new Set(numbers).size > 3800);
  const sessions = Array.from({ length: 64 }, randomSession);
  assert.ok(sessions.every((session) => session < 2n ** 44n));
  assert.equal(new Set(sessions).size, 64);
  assert.equal(sessions.reduce((bits, session) => bits | session, 0n), 2n ** 44n - 1n, 'each bit is set in one of 64');
});

test('Each counter is used once: by all senders and all keys of a page, and also if a key is set again', async () => {
  const { store, sealer } = person([null, 0, KEY]);
  const sealed = [];
  const several = (participant) => Promise.all([1, 2, 3].map(() => sealer.seal(participant, VOICE)));
  sealed.push(...await several('ann'), ...await several('bob'));
  store.set(null, 0, KEY);
  sealed.push(...await several('ann'));
  store.set(null, 1, OTHER);
  sealed.push(...await several('ann'));
  const counters = sealed.map((frame) => decodeHeader(frame).ctr);
  assert.deepEqual(counters, Array.from({ length: 12 }, (_, i) => BigInt(i)));
});

test('A page that is loaded again seals with the same key, and no KID of before', async () => {
  const frames = await Promise.all([1, 2].map(() => person([null, 0, KEY]).sealer.seal('ann', VOICE)));
  const [before, after] = frames.map((frame) => decodeHeader(frame));
  assert.equal(before.ctr, after.ctr);
  assert.notEqual(before.kid, after.kid);
  assert.notDeepEqual(frames[0].slice(before.size), frames[1].slice(after.size));
  const bob = person([null, 0, KEY]);
  for (const frame of frames) assert.equal((await bob.opener.open(frame)).state, 'ok');
});

test('An overhead of 27 bytes for most of the first half hour, and of 21 with the short tag', async () => {
  for (const [suite, bytes] of [[SUITE, 16], [SUITES.AES_128_CTR_HMAC_SHA256_80, 10]]) {
    const sealer = new FrameSealer(person(['ann', 0, KEY]).store, suite, 2n ** 44n - 1n);
    for (let i = 0; i < 256; i += 1) await sealer.seal('ann', VOICE);
    assert.equal((await sealer.seal('ann', VOICE)).length - VOICE.length, 11 + bytes);
  }
});

test('Everybody with the common key hears everybody', async () => {
  const [ann, bob] = [person([null, 0, KEY]), person([null, 0, KEY])];
  const opened = await bob.opener.open(await ann.sealer.seal('ann', VOICE));
  assert.equal(opened.state, 'ok');
  assert.deepEqual(opened.plaintext, VOICE);
  assert.equal(opened.sender, senderNumber('ann'));
});

test('A key of one participant opens nobody else, and goes before the common one', async () => {
  const ann = person([null, 0, KEY], ['ann', 0, OTHER]);
  const frame = await ann.sealer.seal('ann', VOICE);
  assert.equal((await person([null, 0, KEY]).opener.open(frame)).state, 'wrong-key');
  assert.equal((await person(['bob', 0, OTHER]).opener.open(frame)).state, 'missing-key');
  assert.equal((await person(['ann', 0, OTHER]).opener.open(frame)).state, 'ok');
});

test('Of two participants with one number the right key is found', async () => {
  const [one, other] = namesakes();
  const listener = person([one, 0, KEY], [other, 0, OTHER]);
  assert.equal((await listener.opener.open(await person([one, 0, KEY]).sealer.seal(one, VOICE))).state, 'ok');
  assert.equal((await listener.opener.open(await person([other, 0, OTHER]).sealer.seal(other, VOICE))).state, 'ok');
  listener.store.remove(one);
  assert.equal((await listener.opener.open(await person([one, 0, KEY]).sealer.seal(one, VOICE))).state, 'wrong-key');
  assert.equal((await listener.opener.open(await person([other, 0, OTHER]).sealer.seal(other, VOICE))).state, 'ok');
});

test('Without a key nothing is sealed, and it is not the key of somebody else', async () => {
  assert.equal(await person().sealer.seal('ann', VOICE), null);
  assert.equal(await person(['bob', 0, KEY]).sealer.seal('ann', VOICE), null);
  const { store, sealer } = person(['ann', 0, KEY]);
  store.remove('ann');
  assert.equal(await sealer.seal('ann', VOICE), null);
});

test('A rotation: the new key is known first, then used, and the old one still opens what is on its way', async () => {
  const [ann, bob] = [person([null, 0, KEY]), person([null, 0, KEY])];
  for (const { store } of [ann, bob]) store.set(null, 1, OTHER, { sends: false });
  const before = await ann.sealer.seal('ann', VOICE);
  assert.equal(readKid(decodeHeader(before).kid).place, 0);
  assert.equal(ann.store.use(null, 2), false);
  assert.equal(ann.store.use(null, 1), true);
  const after = await ann.sealer.seal('ann', VOICE);
  assert.equal(readKid(decodeHeader(after).kid).place, 1);
  assert.equal((await bob.opener.open(after)).state, 'ok');
  assert.equal((await bob.opener.open(before)).state, 'ok');
  bob.store.remove(null, 0);
  const late = await person([null, 0, KEY]).sealer.seal('ann', VOICE);
  assert.equal((await bob.opener.open(late)).state, 'missing-key');
});

test('Sixteen rotations later the place of a key has another one, and the session goes on', async () => {
  const [ann, bob] = [person([null, 0, KEY]), person([null, 0, KEY])];
  assert.equal((await bob.opener.open(await ann.sealer.seal('ann', VOICE))).state, 'ok');
  ann.store.set(null, 16, THIRD);
  const frame = await ann.sealer.seal('ann', VOICE);
  assert.equal((await bob.opener.open(frame)).state, 'wrong-key');
  bob.store.set(null, 16, THIRD);
  assert.equal((await bob.opener.open(frame)).state, 'ok');
  assert.equal((await bob.opener.open(frame)).state, 'repeated');
});

test('A frame is played once, also if the server repeats it in another slot or an hour later', async () => {
  const [ann, bob] = [person([null, 0, KEY]), person([null, 0, KEY])];
  const frames = [];
  for (let i = 0; i < 5; i += 1) frames.push(await ann.sealer.seal('ann', VOICE));
  for (const i of [0, 2, 1]) assert.equal((await bob.opener.open(frames[i])).state, 'ok', 'out of order');
  for (const i of [0, 1, 2]) assert.equal((await bob.opener.open(frames[i])).state, 'repeated');
  const both = await Promise.all([bob.opener.open(frames[3]), bob.opener.open(frames[3])]);
  assert.deepEqual(both.map(({ state }) => state).sort(), ['ok', 'repeated'], 'at the same time');
});

test('Forged frames do not make the listener forget what it has played', async () => {
  const [ann, bob] = [person([null, 0, KEY]), person([null, 0, KEY])];
  const frame = await ann.sealer.seal('ann', VOICE);
  assert.equal((await bob.opener.open(frame)).state, 'ok');
  for (let i = 0; i < 1100; i += 1) {
    const forged = (await person([null, 0, OTHER]).sealer.seal(`eve${i}`, VOICE));
    assert.equal((await bob.opener.open(forged)).state, 'wrong-key');
  }
  assert.equal((await bob.opener.open(frame)).state, 'repeated');
});

test('What is no SFrame is opened by nobody', async () => {
  const bob = person([null, 0, KEY]);
  for (const frame of [[0xff], [0x78, 1, 2, 3], [0, 1, 2], Array(200).fill(0xff)]) {
    assert.notEqual((await bob.opener.open(Uint8Array.from(frame))).state, 'ok');
  }
});

test('Counters: each once, in any order, and none that is far behind', () => {
  const window = new ReplayWindow();
  const table = [[5n, true], [5n, false], [3n, true], [3n, false], [4n, true], [1500n, true], [477n, true], [477n, false], [476n, false], [1499n, true],
    [2n ** 64n - 1n, true], [1500n, false], [2n ** 64n - 2n, true], [2n ** 64n - 1n, false]];
  for (const [ctr, isFresh] of table) assert.equal(window.take(ctr), isFresh, `${ctr}`);
});

test('The page learns at once that a sender can be heard, and of a wrong key after three frames', () => {
  const reports = new StateReports();
  assert.equal(reports.take('ann', 'ok', 0), 'ok');
  assert.equal(reports.take('ann', 'ok', 20), null);
  const bob = [0, 20, 40, 60, 80].map((nowMs) => reports.take('bob', 'wrong-key', nowMs));
  assert.deepEqual(bob, [null, null, 'wrong-key', null, null]);
  assert.equal(reports.take('bob', 'ok', 100), 'ok');
});

test('A single frame that cannot be opened is no event', () => {
  const reports = new StateReports();
  reports.take('ann', 'ok', 0);
  const states = ['wrong-key', 'ok', 'wrong-key', 'missing-key', 'wrong-key', 'wrong-key', 'ok'];
  assert.ok(states.every((state, i) => reports.take('ann', state, 5000 + 20 * i) === null));
});

test('Frames that go wrong and right by design make two events a second at most', () => {
  const reports = new StateReports();
  let events = 0;
  for (let frame = 0; frame < 500; frame += 1) {
    if (reports.take('eve', frame % 8 < 4 ? 'wrong-key' : 'ok', 20 * frame)) events += 1;
  }
  assert.ok(events >= 10 && events <= 21, `${events} events in 10 s`);
});
