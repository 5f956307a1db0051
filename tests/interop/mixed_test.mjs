// SPDX-License-Identifier: Apache-2.0
// Chromium, aiortc and webrtcbin clients in one room: all hear each other.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertNothingMissing, measureLoad, runAiortcPeer } from './harness/command.mjs';
import { until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const SECONDS = 10;

test('Chromium, aiortc and webrtcbin clients hear each other', async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 4 });
  const browser = await launchBrowser(t);
  const room = 'mixed';
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
  const load = measureLoad(t, server, { room, participants: 2, talkers: 1, slots: 4, duration: SECONDS, 'expect-no-loss': true });
  const aiortc = runAiortcPeer(t, server, { room, participant: 'boris', seconds: SECONDS });
  for (const peer of [load, aiortc]) peer.catch(() => {}); // Awaited at the end; they may fail before.
  const path = `/v1/rooms/${room}/participants`;

  // Three other participants at the page: the aiortc client and the load generator's two, one of which talks.
  const others = await until('everybody is here', async () => {
    const { body } = await server.api('GET', path);
    const list = body.participants.filter(({ id }) => id !== ada.participant);
    return list.length === 3 && list.every(({ state }) => state === 'connected') && list;
  });
  const heardByAda = new Set();
  await until('Chromium hears the aiortc and a webrtcbin client', async () => {
    for (const other of others) if (await ada.hears(other.source_number)) heardByAda.add(other.id);
    return heardByAda.has('boris') && heardByAda.size >= 2;
  });

  const { slots } = await aiortc;
  // One slot carries the browser's speech, another the load generator's stream.
  const active = slots.filter(({ frames }) => frames > 100);
  assert.ok(active.length >= 2, `the aiortc client heard ${JSON.stringify(slots)}`);
  assert.ok(active.some((slot) => slot.audible_frames > 100), 'the aiortc client heard the speech of the browser');
  const figures = await load;
  assertNothingMissing(figures);
  const { foreign } = figures.packets;
  assert.ok(foreign > 600, `the webrtcbin clients heard ${foreign} packets of the others`);
  assert.deepEqual(await ada.signalling(), [['have-local-offer', 'stable']]);
  assert.deepEqual(ada.errors, []);
});
