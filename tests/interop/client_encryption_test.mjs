// SPDX-License-Identifier: Apache-2.0
// A call that is encrypted end to end, in Chromium and Firefox: who has the key hears, who has another one hears silence and is told, and nothing is recorded.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { record } from './harness/compatibility.mjs';
import { Recordings, startRecorder } from './harness/recordings.mjs';
import { delay, until } from './harness/until.mjs';
import { EncryptedPage } from './pages/encrypted_page.mjs';
import { launchBrowser, received } from './pages/voice_page.mjs';
import { launchFirefox } from './peers/firefox_browser.mjs';

const FIRST = Array.from({ length: 32 }, (_, i) => i);
/** The key of each rotation. */
const turned = (index) => Array.from({ length: 32 }, (_, i) => 32 * index + i);
const WRONG = Array.from({ length: 32 }, (_, i) => 255 - i);
const WINDOW_MS = 1000;
const LEAST_PACKETS = 20; // In a window, of a talker, on a machine that is busy: 50 were sent.
const SOUND = 0.001; // Of speech in a window: about 0.2.
const NO_SOUND = 1e-6;
/** A busy machine makes a browser conceal speech now and then, a fault does each time: the calmest of so many windows is judged. */
const WINDOWS = 3;
const MOST_CONCEALED = 0.1;

/** What a page receives in a window. */
async function heard(person) {
  const before = await person.inbound();
  await delay(WINDOW_MS);
  const result = received(before, await person.inbound());
  return { ...result, share: result.concealed / Math.max(1, result.samples) };
}

/** The first window with little concealed speech, or the last one. */
async function calmest(measure) {
  for (let window = 1; ; ++window) {
    const result = await measure(window);
    if (result.share < MOST_CONCEALED || window === WINDOWS) return result;
  }
}

const hears = (person) => until(`${person.participant} hears somebody`, async () => {
  const { packets, energy } = await heard(person);
  return packets > LEAST_PACKETS && energy > SOUND;
});
const told = (person, ...states) => until(`${person.participant} is told ${states}`, async () => {
  const all = await person.states();
  return states.every((state) => all.includes(state));
});
const minus = (after, before) => Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]]));

test('Calls that are encrypted end to end', async (t) => {
  const { server } = await startRecorder(t);
  const [chromium, firefox] = await Promise.all([launchBrowser(t), launchFirefox(t)]);
  const room = 'sealed';
  await server.createRoom(room, {});
  const recordings = new Recordings(server, room);
  const recording = await recordings.start();
  const people = await Promise.all(['ada', 'bob'].map((participant) => EncryptedPage.join(chromium, server, { participant, room, key: FIRST })));
  const [ada, bob] = people;
  let current; // The key that is used since the rotation, and its index.

  await t.test('Two with one key hear each other, and their pages know that they do', async () => {
    await Promise.all([hears(ada), hears(bob), told(ada, 'ada ok', 'bob ok'), told(bob, 'bob ok', 'ada ok')]);
    for (const person of people) {
      const { opened, silenced, withheld } = await person.counts();
      assert.ok(opened > 0);
      assert.deepEqual({ silenced, withheld }, { silenced: 0, withheld: 0 }, person.participant);
    }
  });

  await t.test('The server finds the speakers, and shows who encrypts', async () => {
    await until('bob sees both speak', async () => (await bob.speaking()).sort().join() === 'ada,bob');
    const { body } = await server.api('GET', `/v1/rooms/${room}/participants/ada`);
    assert.deepEqual(body.tracks.map(({ encrypted }) => encrypted), [true]);
  });

  await t.test('The key changes in mid-call, and nothing is missing', async (step) => {
    const { share } = await calmest(async (index) => {
      current = { key: turned(index), index };
      const counts = await bob.counts();
      const during = heard(bob);
      for (const person of people) await person.setKey(current.key, { index, sends: false });
      for (const person of people) assert.equal(await person.useKey(index), true);
      const after = await during;
      const { opened, silenced, withheld } = minus(await bob.counts(), counts);
      step.diagnostic(`${opened} frames opened, ${(100 * after.share).toFixed(1)} % concealed`);
      assert.ok(opened > LEAST_PACKETS && after.energy > SOUND);
      assert.deepEqual({ silenced, withheld }, { silenced: 0, withheld: 0 });
      return after;
    });
    assert.ok(share < MOST_CONCEALED);
    assert.equal((await ada.counts()).silenced, 0);
  });

  const eve = await EncryptedPage.join(chromium, server, { participant: 'eve', room, key: WRONG, index: current.index });

  await t.test('A wrong key is silence for everybody, and everybody is told', async () => {
    await Promise.all([told(eve, 'ada wrong-key', 'bob wrong-key'), told(ada, 'eve wrong-key'), told(bob, 'eve wrong-key')]);
    const { share } = await calmest(async () => {
      const result = await heard(eve);
      assert.ok(result.packets > LEAST_PACKETS, `${result.packets} packets`);
      assert.ok(result.energy < NO_SOUND, `energy ${result.energy}`);
      return result;
    });
    assert.ok(share < MOST_CONCEALED, 'her decoders get silence, and make nothing up');
    assert.equal((await eve.counts()).opened, 0);
    await until('eve sees ada speak: the levels are no secret', async () => (await eve.speaking()).includes('ada'));
  });

  await t.test('The right key brings the sound at once, without a new session', async () => {
    await eve.setKey(current.key, { index: current.index });
    await Promise.all([hears(eve), told(eve, 'ada ok', 'bob ok'), told(bob, 'eve ok')]);
  });

  await t.test('A page that is loaded again, with the same key, is heard again', async () => {
    Object.assign(ada, current);
    const before = await bob.counts();
    await ada.reload();
    await Promise.all([hears(ada), told(ada, 'bob ok')]);
    const { silenced, repeated } = minus(await bob.counts(), before);
    assert.deepEqual({ silenced, repeated }, { silenced: 0, repeated: 0 }, 'bob could open all of it');
  });

  await t.test('Firefox hears Chromium, and is heard', async (step) => {
    step.diagnostic(`Chromium ${chromium.version()}, Firefox ${firefox.version()}`);
    await eve.page.close();
    const felix = await EncryptedPage.join(firefox, server, { participant: 'felix', room, ...current });
    await Promise.all([hears(felix), told(felix, 'ada ok'), told(ada, 'felix ok'), told(bob, 'felix ok')]);
    assert.deepEqual([felix.errors, await felix.problems()], [[], []]);
    record('Chromium', chromium.version(), 'end-to-end encryption');
    record('Firefox ESR', firefox.version(), 'end-to-end encryption');
  });

  await t.test('Nobody was recorded, and the recording says why', async () => {
    const { state, tracks, speech, files } = await recordings.stop(recording);
    assert.equal(state, 'finished');
    assert.deepEqual([...new Set(tracks.map(({ participant }) => participant))].sort(), ['ada', 'bob', 'eve', 'felix']);
    for (const { participant, problem, detail, file, packets } of tracks) {
      assert.deepEqual({ problem, file, packets }, { problem: 'encrypted', file: '', packets: 0 }, participant);
      assert.match(detail, /end to end/);
    }
    assert.deepEqual(speech, []);
    assert.ok(files.every(({ name }) => !name.startsWith('audio-')), JSON.stringify(files));
    for (const person of people) assert.deepEqual([person.errors, await person.problems()], [[], []], person.participant);
  });
});
