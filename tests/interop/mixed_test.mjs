// SPDX-License-Identifier: Apache-2.0
// Chromium, aiortc, werift and webrtcbin clients in one room: all hear each other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { measureLoad, PYTHON, run, runAiortcPeer } from './harness/command.mjs';
import { record, versionOfPackage } from './harness/compatibility.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { udpPort } from './harness/ports.mjs';
import { until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const SECONDS = 10;
const WERIFT = fileURLToPath(new URL('peers/werift_peer.mjs', import.meta.url));

/** A werift participant for SECONDS; returns what it heard. */
async function runWeriftPeer(t, server, room, participant) {
  const { token } = await server.invite(room, participant);
  const url = `${server.url}/v1/rooms/${room}/participants/${participant}/session`;
  const { code, output, errors } = await run(t, process.execPath, [WERIFT, url, token, SECONDS, await udpPort()]);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

/** Waits until the client and the server have told each other what they receive: the server has a round trip of reports that answer its own. */
function reports(server, room, participant) {
  return until(`${participant} and the server exchange reports`, async () => (await server.statistics(room, participant)).round_trip_ms > 0);
}

async function recordAll(t, chromium) {
  const abilities = ['is heard', 'hears', ...(environment.path === 'wire' ? ['reports'] : [])];
  const ask = async (program, ...words) => (await run(t, program, words)).output.trim();
  record('Chromium', chromium, ...abilities);
  record('aiortc', await ask(PYTHON, '-c', 'import aiortc; print(aiortc.__version__)'), ...abilities);
  record('werift', versionOfPackage('werift'), ...abilities);
  record("GStreamer's webrtcbin", await ask('pkg-config', '--modversion', 'gstreamer-1.0'), ...abilities);
}

test('Chromium, aiortc, werift and webrtcbin clients hear each other', judged(async (t) => {
  const server = await VecheServer.start(t, { maxSpeakers: 5 });
  const browser = await launchBrowser(t);
  const room = 'mixed';
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room });
  const load = measureLoad(t, server, { room, participants: 2, talkers: 1, slots: 4, duration: SECONDS, feedback: 'reports', 'expect-no-loss': true });
  const aiortc = runAiortcPeer(t, server, { room, participant: 'boris', seconds: SECONDS });
  const werift = runWeriftPeer(t, server, room, 'wanda');
  for (const peer of [load, aiortc, werift]) peer.catch(() => {}); // Awaited at the end; they may fail before.
  const path = `/v1/rooms/${room}/participants`;

  // Four other participants at the page: aiortc, werift and the load generator's two, one of which talks.
  const others = await until('everybody is here', async () => {
    const { body } = await server.api('GET', path);
    const list = body.participants.filter(({ id }) => id !== ada.participant);
    return list.length === 4 && list.every(({ state }) => state === 'connected') && list;
  });
  const heardByAda = new Set();
  await until('Chromium hears the aiortc, the werift and a webrtcbin client', async () => {
    for (const other of others) if (await ada.hears(other.source_number)) heardByAda.add(other.id);
    return heardByAda.has('boris') && heardByAda.has('wanda') && heardByAda.size >= 3;
  });
  const reporting = environment.path === 'wire' ? [ada.participant, 'boris', 'wanda', 'load-0'] : []; // The pipeline path shows no reports.
  await Promise.all(reporting.map((participant) => reports(server, room, participant)));

  const { slots } = await aiortc;
  // One slot carries the browser's speech, another the load generator's stream.
  const active = slots.filter(({ frames }) => frames > 100);
  assert.ok(active.length >= 2, `the aiortc client heard ${JSON.stringify(slots)}`);
  assert.ok(active.some((slot) => slot.audible_frames > 100), 'the aiortc client heard the speech of the browser');
  const { states, ...heard } = await werift;
  assert.deepEqual(states, ['connecting', 'connected', 'closed']);
  assert.ok(heard.slots.filter(({ packets }) => packets > 100).length >= 2, `the werift client heard ${JSON.stringify(heard)}`);
  assert.ok(heard.senderReports > 0 && heard.reportsOfMicrophone > 0, JSON.stringify(heard));
  const figures = await load;
  assertNothingMissing(figures);
  const { foreign } = figures.packets;
  assert.ok(foreign > 600, `the webrtcbin clients heard ${foreign} packets of the others`);
  assert.deepEqual(await ada.signalling(), [['have-local-offer', 'stable']]);
  assert.deepEqual(ada.errors, []);
  await recordAll(t, browser.version());
}));
