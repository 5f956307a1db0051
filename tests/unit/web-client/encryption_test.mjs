// SPDX-License-Identifier: Apache-2.0
// Pages that talk end to end encrypted, each with its real worker: what leaves a page, what another one plays, and what it is told.

import assert from 'node:assert/strict';
import test from 'node:test';

import { VirtualTime } from './virtual_time.mjs';

const E2EE = '../../../clients/web/src/e2ee';
const SECRET = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);
const VOICE = Uint8Array.of(0x78, ...Array.from({ length: 60 }, (_, i) => i));
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

let workers = 0;

/** The scope of one worker: `self` while its module loads. */
async function startWorker(fails) {
  const worker = new EventTarget();
  const scope = new EventTarget();
  const say = (target, data) => queueMicrotask(() => target.dispatchEvent(Object.assign(new Event('message'), { data })));
  scope.postMessage = (data) => say(worker, data);
  if (!fails) {
    globalThis.self = scope;
    workers += 1;
    await import(`${E2EE}/worker.js?${workers}`);
  }
  let isTerminated = false;
  worker.postMessage = (data) => !isTerminated && say(scope, structuredClone(data));
  worker.terminate = () => {
    isTerminated = true;
  };
  worker.transform = (options) => {
    const [input, output] = [new TransformStream(), new TransformStream()];
    const event = Object.assign(new Event('rtctransform'), { transformer: { options, readable: input.readable, writable: output.writable } });
    scope.dispatchEvent(event);
    return { input: input.writable.getWriter(), output: output.readable.getReader() };
  };
  return worker;
}

class FakeTransform {
  constructor(worker, options) {
    Object.assign(this, worker.transform(structuredClone(options)));
  }
}

/** Until the test `t` ends. `page` makes a person's page: {encryption, events, sends, plays}. */
async function setUp(t) {
  const time = new VirtualTime(t);
  const before = { RTCRtpScriptTransform: globalThis.RTCRtpScriptTransform, Worker: globalThis.Worker, CustomEvent: globalThis.CustomEvent };
  class FakeCustomEvent extends Event {
    constructor(type, { detail }) {
      super(type);
      this.detail = detail;
    }
  }
  Object.assign(globalThis, { RTCRtpScriptTransform: FakeTransform, Worker: class {}, CustomEvent: FakeCustomEvent });
  t.after(() => Object.assign(globalThis, before));
  const { Encryption } = await import(`${E2EE}/index.js`);
  const page = async (participant, { fails = false, ...options } = {}) => {
    const worker = await startWorker(fails);
    const encryption = new Encryption({ worker, ...options });
    const events = [];
    encryption.addEventListener('state', ({ detail }) => events.push(`${detail.participant} ${detail.state}`));
    return { participant, worker, encryption, events };
  };
  return { time, page };
}

/** What leaves the page of these plaintexts. */
async function sent({ encryption, participant }, ...plaintexts) {
  const sender = {};
  encryption.attachSender(sender, participant);
  return through(sender.transform, plaintexts.map((plaintext) => ({ data: plaintext.slice().buffer, getMetadata: () => ({}) })));
}

/** What the page plays of these frames, which the server says are of `source`. */
async function played({ encryption }, frames, source) {
  const receiver = {};
  encryption.attachReceiver(receiver);
  return through(receiver.transform,
    frames.map((frame) => ({ data: frame.slice().buffer, getMetadata: () => (source === undefined ? {} : { contributingSources: [source] }) })));
}

async function through({ input, output }, frames) {
  const results = [];
  const written = (async () => {
    for (const frame of frames) await input.write(frame);
    await input.close();
  })();
  for (let result = await output.read(); !result.done; result = await output.read()) results.push(new Uint8Array(result.value.data));
  await written;
  return results;
}

const roster = (...entries) => new Map(entries.map(([participant, number]) => [participant, { participant, source_number: number }]));

test('Two with the same key hear each other, and nothing that was said leaves a page', async (t) => {
  const { time, page } = await setUp(t);
  const [ann, bob] = [await page('ann'), await page('bob')];
  for (const { encryption } of [ann, bob]) await encryption.setKey(null, SECRET);
  bob.encryption.participants(roster(['ann', 7], ['bob', 8]));
  const frames = await sent(ann, VOICE, VOICE);
  for (const frame of frames) assert.equal(Buffer.from(frame).indexOf(Buffer.from(VOICE.slice(0, 4))), -1);
  assert.notDeepEqual(frames[0].slice(12), frames[1].slice(12));
  assert.deepEqual(await played(bob, frames, 7), [VOICE, VOICE]);
  await time.settle();
  assert.deepEqual(ann.events, ['ann ok']);
  assert.deepEqual(bob.events, ['ann ok']);
  assert.equal(bob.encryption.states.get('ann'), 'ok');
});

test('A page without a key sends nothing at all, and says so', async (t) => {
  const { time, page } = await setUp(t);
  const ann = await page('ann');
  assert.deepEqual(await sent(ann, VOICE, VOICE, VOICE), []);
  await time.settle();
  assert.deepEqual(ann.events, ['ann missing-key']);
  await ann.encryption.setKey('ann', SECRET);
  assert.equal((await sent(ann, VOICE)).length, 1);
  await time.settle();
  assert.deepEqual(ann.events, ['ann missing-key', 'ann ok']);
});

test('A wrong key and a missing one are silence for each frame, never noise', async (t) => {
  const { time, page } = await setUp(t);
  const [ann, eve, zoe] = [await page('ann'), await page('eve'), await page('zoe')];
  await ann.encryption.setKey(null, SECRET);
  await eve.encryption.setKey(null, OTHER);
  const frames = await sent(ann, VOICE, VOICE, VOICE, VOICE);
  for (const { encryption } of [eve, zoe]) encryption.participants(roster(['ann', 7]));
  for (const listener of [eve, zoe]) assert.deepEqual(await played(listener, frames, 7), Array(4).fill(SILENCE));
  await time.settle();
  assert.deepEqual(eve.events, ['ann wrong-key']);
  assert.deepEqual(zoe.events, ['ann missing-key']);
  await zoe.encryption.setKey(null, SECRET);
  assert.deepEqual(await played(zoe, frames, 7), Array(4).fill(VOICE), 'what was not played is no replay');
  await time.settle();
  assert.deepEqual(zoe.events, ['ann missing-key', 'ann ok']);
});

test('What somebody sends unencrypted is not played', async (t) => {
  const { time, page } = await setUp(t);
  const bob = await page('bob');
  await bob.encryption.setKey(null, SECRET);
  bob.encryption.participants(roster(['phone', 9]));
  assert.deepEqual(await played(bob, [VOICE, VOICE, VOICE], 9), Array(3).fill(SILENCE));
  await time.settle();
  assert.deepEqual(bob.events, ['phone missing-key']);
});

test('The silence that ends a slot, and empty frames, pass, and are nothing that could not be opened', async (t) => {
  const { time, page } = await setUp(t);
  const bob = await page('bob');
  bob.encryption.participants(roster(['ann', 9]));
  const frames = [SILENCE, SILENCE, SILENCE, SILENCE, new Uint8Array()];
  assert.deepEqual(await played(bob, frames, 9), frames);
  await time.settle();
  assert.deepEqual(bob.events, []);
  assert.equal((await bob.encryption.counts()).silenced, 0);
});

test('A frame that the server repeats is not played again', async (t) => {
  const { page } = await setUp(t);
  const [ann, bob] = [await page('ann'), await page('bob')];
  for (const { encryption } of [ann, bob]) await encryption.setKey(null, SECRET);
  const frames = await sent(ann, VOICE);
  assert.deepEqual(await played(bob, [...frames, ...frames]), [VOICE]);
  assert.deepEqual(await played(bob, frames), [], 'nor in another slot');
});

test('A slot changes its speaker, and the frames say whose they are, whatever the server says', async (t) => {
  const { time, page } = await setUp(t);
  const [ann, bob, zoe] = [await page('ann'), await page('bob'), await page('zoe')];
  await ann.encryption.setKey('ann', SECRET);
  await bob.encryption.setKey('bob', OTHER);
  await zoe.encryption.setKey('ann', SECRET);
  await zoe.encryption.setKey('bob', OTHER);
  zoe.encryption.participants(roster(['ann', 7], ['bob', 8]));
  const [byAnn] = await sent(ann, VOICE);
  const [byBob] = await sent(bob, VOICE);
  assert.deepEqual(await played(zoe, [byAnn], 8), [VOICE]);
  assert.deepEqual(await played(zoe, [byBob], 7), [VOICE]);
  await time.settle();
  assert.deepEqual(zoe.events, ['ann ok', 'bob ok']);
});

test('A sender whom the roster does not show yet is named when it does', async (t) => {
  const { time, page } = await setUp(t);
  const [ann, eve] = [await page('ann'), await page('eve')];
  await ann.encryption.setKey(null, SECRET);
  await eve.encryption.setKey(null, OTHER);
  await played(eve, await sent(ann, VOICE, VOICE, VOICE), 7);
  await time.settle();
  assert.deepEqual(eve.events, []);
  eve.encryption.participants(roster(['bob', 8]));
  assert.deepEqual(eve.events, []);
  eve.encryption.participants(roster(['bob', 8], ['ann', 7]));
  assert.deepEqual(eve.events, ['ann wrong-key']);
});

test('A rotation loses no frame', async (t) => {
  const { page } = await setUp(t);
  const [ann, bob] = [await page('ann'), await page('bob')];
  for (const { encryption } of [ann, bob]) await encryption.setKey(null, SECRET, { index: 0 });
  const frames = await sent(ann, VOICE);
  for (const { encryption } of [bob, ann]) await encryption.setKey(null, OTHER, { index: 1, sends: false });
  frames.push(...await sent(ann, VOICE));
  assert.equal(await ann.encryption.useKey(null, 1), true);
  frames.push(...await sent(ann, VOICE));
  assert.equal(await ann.encryption.useKey(null, 5), false);
  assert.deepEqual(await played(bob, frames), [VOICE, VOICE, VOICE]);
  await bob.encryption.removeKey(null, 1);
  assert.deepEqual(await played(bob, await sent(ann, VOICE)), [SILENCE]);
});

test('A passphrase is the same key for everybody with the same salt, and keys come in order', async (t) => {
  const { page } = await setUp(t);
  const [ann, bob, eve] = [await page('ann', { salt: 'blue' }), await page('bob', { salt: 'blue' }), await page('eve', { salt: 'red' })];
  for (const { encryption } of [bob, eve]) await encryption.setKey(null, 'open sesame');
  await Promise.all([ann.encryption.setKey(null, OTHER), ann.encryption.setKey(null, 'open sesame')]);
  const frames = await sent(ann, VOICE);
  assert.deepEqual(await played(bob, frames), [VOICE]);
  assert.deepEqual(await played(eve, frames), [SILENCE]);
  await Promise.all([ann.encryption.setKey(null, 'open sesame'), ann.encryption.setKey(null, OTHER)]);
  assert.deepEqual(await played(bob, await sent(ann, VOICE)), [SILENCE], 'the last one counts, though it takes less time');
});

test('What is no key is refused', async (t) => {
  const { page } = await setUp(t);
  const { encryption } = await page('ann');
  await assert.rejects(encryption.setKey(null, new Uint8Array(15)), TypeError);
  await assert.rejects(encryption.setKey(null, 'open sesame'), /salt/);
  await assert.rejects(encryption.setKey(null, SECRET, { index: -1 }), TypeError);
  await assert.rejects(encryption.setKey(null, SECRET, { index: 0.5 }), TypeError);
  await encryption.setKey(null, SECRET.subarray(0, 16));
  await assert.rejects(page('ann', { suite: 9 }), TypeError);
});

test('A worker that does not start is an error, and nothing can be attached', async (t) => {
  const { time, page } = await setUp(t);
  const { worker, encryption } = await page('ann', { fails: true });
  const key = encryption.setKey(null, SECRET);
  const refused = assert.rejects(key, { name: 'VoiceError', code: 'not-supported' });
  await time.settle();
  worker.dispatchEvent(new Event('error'));
  await refused;
  await assert.rejects(encryption.setKey(null, SECRET), { code: 'not-supported' });
  assert.throws(() => encryption.attachSender({}, 'ann'), { code: 'not-supported' });
  assert.equal(encryption.isActive, true);
});

test('An error of the application in its own worker, which runs, changes nothing', async (t) => {
  const { page } = await setUp(t);
  const ann = await page('ann');
  await ann.encryption.setKey(null, SECRET);
  ann.worker.dispatchEvent(new Event('error'));
  assert.equal((await sent(ann, VOICE)).length, 1);
});

test('What became of the frames is counted', async (t) => {
  const { page } = await setUp(t);
  const [ann, bob] = [await page('ann'), await page('bob')];
  await sent(ann, VOICE);
  await ann.encryption.setKey(null, SECRET);
  const frames = await sent(ann, VOICE, VOICE);
  await played(bob, frames);
  await bob.encryption.setKey(null, SECRET);
  await played(bob, [...frames, frames[0]]);
  assert.deepEqual(await ann.encryption.counts(), { sealed: 2, withheld: 1, opened: 0, silenced: 0, repeated: 0 });
  assert.deepEqual(await bob.encryption.counts(), { sealed: 0, withheld: 0, opened: 2, silenced: 2, repeated: 1 });
});

test('After close nothing leaves the page any more, sealed or not', async (t) => {
  const { time, page } = await setUp(t);
  const ann = await page('ann');
  await ann.encryption.setKey(null, SECRET);
  const sender = {};
  ann.encryption.attachSender(sender, 'ann');
  ann.encryption.close();
  ann.encryption.close();
  await time.settle();
  const frame = { data: VOICE.slice().buffer, getMetadata: () => ({}) };
  assert.deepEqual(await through(sender.transform, [frame]), []);
  assert.throws(() => ann.encryption.attachSender({}, 'ann'), { code: 'interrupted' });
  assert.throws(() => ann.encryption.attachReceiver({}), { code: 'interrupted' });
  assert.equal(ann.encryption.isActive, true, 'so that a client that rejoins does not go on in clear');
});

test('A browser without script transforms says so', async (t) => {
  const { page } = await setUp(t);
  globalThis.RTCRtpScriptTransform = undefined;
  await assert.rejects(page('ann'), { code: 'not-supported' });
});
