// SPDX-License-Identifier: Apache-2.0
// People whose microphones change, go and come back in mid-call, in Chromium with its fake devices: the others go on hearing them.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { atEnd } from './harness/cleanup.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { audioIn, scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { CHROMIUM, launchBrowser, received } from './pages/voice_page.mjs';

const test = concurrentTests(3);
const PROBE = fileURLToPath(new URL('pages/page_probe.js', import.meta.url));
/** A document of the server's origin that does nothing. */
const DOCUMENT = '/src/index.js';
const room = 'devices';
const [DEFAULT, FIRST, SECOND] = ['Fake Default Audio Input', 'Fake Audio Input 1', 'Fake Audio Input 2'];
const AUDIBLE = 0.001; // Energy of speech.
const INAUDIBLE = 0.0001;
const UNDER_WAY_MS = 500;

/** Runs in the page: `join` makes a client with the product's own classes; `call` has them. */
async function installCall() {
  const { listDevices, Microphone, SFUVoiceClient } = await import('/src/index.js');
  const { mediaDevices } = navigator;
  const { enumerateDevices, getUserMedia } = mediaDevices;
  const call = { listDevices, Microphone, log: [], opened: 0, away: new Set() };
  window.call = call;
  mediaDevices.getUserMedia = (constraints) => {
    call.opened += 1;
    return getUserMedia.call(mediaDevices, constraints);
  };
  // Chromium's fake devices cannot be unplugged.
  mediaDevices.enumerateDevices = async () => (await enumerateDevices.call(mediaDevices)).filter(({ label }) => !call.away.has(label));
  call.setAway = (labels) => {
    call.away = new Set(labels);
    mediaDevices.dispatchEvent(new Event('devicechange'));
  };
  call.idOf = async (label) => (await listDevices()).microphones.find((device) => device.label === label).id;
  call.join = async ({ token, options, ...person }) => {
    const microphone = options && (await Microphone.open(options));
    const client = new SFUVoiceClient({ token, iceServers: [], ...person });
    Object.assign(call, { microphone, client });
    client.addEventListener('microphone', ({ detail: { state, reason } }) => call.log.push(reason ? `${state}: ${reason}` : state));
    microphone?.addEventListener('track', ({ detail: { track } }) => call.log.push(track.label));
    microphone?.addEventListener('silent', ({ detail: { silent } }) => call.log.push(silent ? 'silent' : 'not silent'));
    await client.join(microphone ?? null);
  };
}

/** One person's tab; `options` are those of the microphone, null: only to listen. */
class Tab {
  static async join(context, server, participant, options, prepare = () => {}) {
    const tab = new Tab();
    tab.page = await context.newPage();
    tab.errors = [];
    tab.page.on('pageerror', (error) => tab.errors.push(error.message));
    await tab.page.addInitScript({ path: PROBE });
    await tab.page.goto(server.url + DOCUMENT);
    await tab.page.evaluate(installCall);
    await tab.page.evaluate(prepare);
    const { token } = await server.invite(room, participant);
    await tab.page.evaluate((person) => window.call.join(person), { room, participant, token, options });
    await until(`${participant} is connected`, () => tab.page.evaluate(() => window.call.client.state === 'connected'));
    return tab;
  }

  inbound() {
    return this.page.evaluate(() => window.probe.inbound());
  }

  /** Something audible comes from now on, once what is under way has been played. */
  async hears(what) {
    await delay(UNDER_WAY_MS);
    const before = await this.inbound();
    await until(`${what} is heard`, async () => received(before, await this.inbound()).energy > AUDIBLE);
  }

  /** Nothing audible comes, once what is under way has been played. */
  async hearsNothing() {
    await until('it is silent', async () => {
      const before = await this.inbound();
      await delay(700);
      return received(before, await this.inbound()).energy < INAUDIBLE;
    });
  }

  /** What the microphone has said since the last call, once that ends with `last`. */
  async said(last) {
    return until(`the microphone says ${last}`, () => this.page.evaluate((wanted) => {
      const { log } = window.call;
      return log.at(-1) === wanted && log.splice(0);
    }, last));
  }

  state() {
    return this.page.evaluate(() => {
      const { microphone, opened, client } = window.call;
      const { track, state, stream } = microphone;
      return { label: track.label, enabled: track.enabled, state, opened, tracks: stream.getTracks().length, sessions: client.sessions };
    });
  }
}

test('Microphones change in mid-call', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const context = await browser.newContext();
  const bob = await Tab.join(context, server, 'bob', null);
  const ann = await Tab.join(context, server, 'ann', { shared: true });
  const { page } = ann;

  await t.test('Devices have labels once the page may use them, and the others hear each that is chosen, without another negotiation', async () => {
    const { microphones, outputs } = await page.evaluate(() => window.call.listDevices());
    assert.deepEqual(microphones.map(({ label }) => label), [DEFAULT, FIRST, SECOND]);
    assert.ok(outputs.length > 1 && outputs.every(({ id, label }) => id && label));
    await bob.hears(DEFAULT);
    for (const label of [FIRST, SECOND]) {
      await page.evaluate(async (wanted) => window.call.microphone.useDevice(await window.call.idOf(wanted)), label);
      assert.equal((await ann.state()).label, label);
      await bob.hears(label);
    }
    assert.deepEqual(await ann.said(SECOND), [FIRST, SECOND]);
    assert.deepEqual(await page.evaluate(() => window.probe.connections.map(({ states }) => states)), [['have-local-offer', 'stable']]);
    const { tracks, sessions } = await ann.state();
    assert.deepEqual({ tracks, sessions }, { tracks: 1, sessions: 1 });
  });

  await t.test('A device that is gone (simulated: not listed, its track is stopped and says "ended") gives way to the default, and is used again', async () => {
    const backMs = await page.evaluate(async (label) => {
      const { microphone, setAway } = window.call;
      const back = new Promise((resolve) => microphone.addEventListener('track', resolve, { once: true }));
      const { track } = microphone;
      const startMs = performance.now();
      track.stop();
      setAway([label]);
      track.dispatchEvent(new Event('ended'));
      await back;
      return performance.now() - startMs;
    }, SECOND);
    t.diagnostic(`another track after ${backMs.toFixed(0)} ms`);
    assert.deepEqual(await ann.said('open'), ['lost: removed', DEFAULT, 'open']);
    await bob.hears(DEFAULT);
    await page.evaluate(() => window.call.setAway([]));
    assert.deepEqual(await ann.said(SECOND), [SECOND]);
    await bob.hears(SECOND);
  });

  await t.test('A mute outlives another device and a lost one', async () => {
    await page.evaluate(() => window.call.client.setMuted(true));
    await bob.hearsNothing();
    await page.evaluate(async (wanted) => window.call.microphone.useDevice(await window.call.idOf(wanted)), FIRST);
    await page.evaluate(() => window.call.client.simulate('microphone-lost'));
    assert.deepEqual(await ann.said('open'), [FIRST, 'interrupted: ended', FIRST, 'open']);
    assert.equal((await ann.state()).enabled, false);
    await bob.hearsNothing();
    await page.evaluate(() => window.call.client.setMuted(false));
    await bob.hears(FIRST);
  });

  await t.test('An interruption (simulated: the track says "mute" and later "unmute") opens the device once', async () => {
    const { opened } = await ann.state();
    const setMuted = (muted) => page.evaluate((isMuted) => {
      const { track } = window.call.microphone;
      Object.defineProperty(track, 'muted', { value: isMuted, configurable: true });
      track.dispatchEvent(new Event(isMuted ? 'mute' : 'unmute'));
    }, muted);
    await setMuted(true);
    assert.deepEqual(await ann.said('silent'), ['interrupted: system', 'silent']);
    await page.evaluate(() => window.call.setAway([]));
    await setMuted(false);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    assert.deepEqual(await ann.said('not silent'), [FIRST, 'open', 'not silent']);
    await bob.hears(FIRST);
    assert.equal((await ann.state()).opened, opened + 1);
  });

  await t.test('Another tab of the same person takes the microphone, and gives it back when it is closed', async () => {
    const second = await Tab.join(context, server, 'second', { shared: true });
    assert.deepEqual(await ann.said('interrupted: other-tab'), ['interrupted: other-tab']);
    await bob.hears('the second tab');
    await page.evaluate(() => window.call.client.setMuted(true));
    await page.evaluate(() => window.call.client.setMuted(false));
    await ann.said('open');
    await second.said('interrupted: other-tab');
    await page.evaluate(() => window.call.microphone.close());
    await second.said('open');
    await second.page.close(); // Also a tab that has it ends well.
  });

  assert.deepEqual([ann.errors, bob.errors], [[], []]);
});

test('Zeros instead of sound are told, and so is their end', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await launchBrowser(t);
  const tab = await Tab.join(await browser.newContext(), server, 'ann', {}, () => {
    const context = new AudioContext();
    const gain = context.createGain();
    const tone = context.createOscillator();
    const destination = context.createMediaStreamDestination();
    tone.connect(gain).connect(destination);
    tone.start();
    gain.gain.value = 0;
    navigator.mediaDevices.getUserMedia = async () => destination.stream;
    window.call.gain = gain;
  });
  assert.deepEqual(await tab.said('silent'), ['silent']);
  await tab.page.evaluate(() => { window.call.gain.gain.value = 0.5; });
  assert.deepEqual(await tab.said('not silent'), ['not silent']);
});

test('Players go where the person wants, and wait for a gesture where the browser asks for one', async (t) => {
  const server = await VecheServer.start(t);
  const browser = await chromium.launch({
    executablePath: CHROMIUM, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--autoplay-policy=document-user-activation-required'],
    env: audioIn(scratch(t, 'audio')),
  });
  atEnd(t, () => browser.close());
  const page = await (await browser.newContext({ permissions: ['microphone'] })).newPage();
  // As a script of the page: what playwright evaluates counts as a gesture.
  await page.addInitScript(() => {
    const run = async () => {
      const [{ Players }, { listDevices }] = await Promise.all([import('/src/media/players.js'), import('/src/media/devices.js')]);
      const elements = [];
      const players = new Players({ create: () => elements[elements.push(new Audio()) - 1] });
      players.size = 2;
      players.attach(0, new RTCPeerConnection().addTransceiver('audio').receiver.track); // No packet will ever come.
      const [, output] = (await listDevices()).outputs;
      const chosen = [await players.setOutput(output.id), await players.setOutput('nowhere')];
      const isThere = elements.map(({ sinkId }) => sinkId === output.id);
      console.info(JSON.stringify({ chosen, isThere, blocked: await players.resume() }));
      addEventListener('click', async () => console.info(JSON.stringify({ blocked: await players.resume() })));
    };
    run().catch((error) => console.info(JSON.stringify(error.message)));
  });
  const said = async () => JSON.parse((await page.waitForEvent('console', (message) => message.type() === 'info')).text());
  const [made] = await Promise.all([said(), page.goto(server.url + DOCUMENT)]);
  assert.deepEqual(made, { chosen: [true, false], isThere: [true, true], blocked: true });
  const [clicked] = await Promise.all([said(), page.mouse.click(100, 100)]);
  assert.deepEqual(clicked, { blocked: false });
});
