// SPDX-License-Identifier: Apache-2.0
// A page of another origin than the server's, with other people's clients of WHIP and WHEP, as they come from npm.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

import { atEnd } from '../harness/cleanup.mjs';
import { bundle } from '../harness/browser_bundle.mjs';

const { resolve } = createRequire(import.meta.url);
const SCRIPT = 'text/javascript';
const FILES = {
  '/': () => ['text/html', '<!doctype html><title>WHIP</title><script src="/eyevinn.js"></script><video id="player" autoplay></video>'],
  // The player's manager of advertisements is not used here.
  '/eyevinn.js': () => [SCRIPT, bundle(['@eyevinn/whip-web-client', '@eyevinn/webrtc-player'], { without: ['@eyevinn/csai-manager'] })],
  '/whip.js': () => [SCRIPT, readFileSync(resolve('whip-whep/whip.js'))],
  '/whep.js': () => [SCRIPT, readFileSync(resolve('whip-whep/whep.js'))],
};

/** Runs in the page: clients by name, each with `start(url, token)`, `stop()` and the connection that it made. */
async function installClients() {
  const [{ WHIPClient }, { WHEPClient }] = await Promise.all([import('/whip.js'), import('/whep.js')]);
  const eyevinn = { ...window.packages['@eyevinn/whip-web-client'], ...window.packages['@eyevinn/webrtc-player'] };
  const clients = {};
  window.clients = clients;

  clients['whip-whep publisher'] = {
    async start(url, token) {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      this.pc = new RTCPeerConnection();
      for (const track of stream.getTracks()) this.pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      this.client = new WHIPClient();
      await this.client.publish(this.pc, url, token);
    },
    restart() { return this.client.restart(); },
    stop() { return this.client.stop(); },
  };
  clients['eyevinn publisher'] = {
    async start(url, token) {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.client = new eyevinn.WHIPClient({ endpoint: url, opts: { authkey: token, iceServers: [], timeout: 200 } });
      this.pc = this.client.peer;
      await this.client.ingest(stream);
    },
    stop() { return this.client.destroy(); },
  };
  clients['whip-whep player'] = {
    async start(url, token) {
      this.pc = new RTCPeerConnection();
      this.pc.addTransceiver('audio', { direction: 'recvonly' });
      this.pc.addTransceiver('video', { direction: 'recvonly' });
      const player = new Audio(); // Only what is played is decoded.
      this.pc.addEventListener('track', ({ track, streams }) => {
        if (track.kind !== 'audio') return;
        [player.srcObject] = streams;
        player.play();
      });
      this.client = new WHEPClient();
      await this.client.view(this.pc, url, token);
    },
    stop() { return this.client.stop(); },
  };
  clients['eyevinn player'] = {
    async start(url, token) {
      const video = document.getElementById('player');
      this.client = new eyevinn.WebRTCPlayer({ video, type: 'whep', iceServers: [] });
      // It sends the key as it is.
      await this.client.load(new URL(url), `Bearer ${token}`);
      this.pc = this.client.peer;
    },
    stop() { return this.client.unload(); },
  };

  /** What the client receives, and from whom: the source numbers of the last half second. */
  window.heard = async (name) => {
    const { pc } = clients[name];
    const inbound = [...(await pc.getStats()).values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    const now = performance.timeOrigin + performance.now();
    const sources = pc.getReceivers().flatMap((receiver) => receiver.getContributingSources())
      .filter(({ timestamp }) => now - timestamp < 500).map(({ source }) => source);
    return { streams: inbound.length, energy: inbound.reduce((sum, { totalAudioEnergy }) => sum + totalAudioEnergy, 0), sources };
  };
}

/** Where the pages of the test come from. */
export async function servePages(t, port) {
  const server = createServer((request, response) => {
    const file = FILES[request.url];
    const [type, body] = file ? file() : ['text/plain', ''];
    response.writeHead(file ? 200 : 404, { 'Content-Type': type }).end(body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => { server.closeAllConnections(); server.close(); });
  return `http://localhost:${port}`;
}

export class WhipPage {
  errors = [];

  static async open(browser, origin) {
    const whip = new WhipPage();
    const page = await (await browser.newContext()).newPage();
    whip.page = page;
    page.on('pageerror', (error) => whip.errors.push(error.message));
    await page.goto(origin);
    await page.evaluate(installClients);
    return whip;
  }

  start(name, url, token) {
    return this.page.evaluate(([client, ...rest]) => window.clients[client].start(...rest), [name, url, token]);
  }

  stop(name) {
    return this.page.evaluate((client) => window.clients[client].stop(), name);
  }

  restart(name) {
    return this.page.evaluate((client) => window.clients[client].restart(), name);
  }

  heard(name) {
    return this.page.evaluate((client) => window.heard(client), name);
  }

  /** A request of the page, with an offer if there is one: the answer's status, where it came from, and the headers that the page may read. */
  fetch(url, method, token, offer) {
    return this.page.evaluate(async ([to, how, bearer, body]) => {
      const headers = { ...(bearer && { Authorization: `Bearer ${bearer}` }), ...(body && { 'Content-Type': 'application/sdp' }) };
      const response = await fetch(to, { method: how, headers, body });
      return { status: response.status, url: response.url, headers: Object.fromEntries(response.headers) };
    }, [url, method, token, offer]);
  }
}
