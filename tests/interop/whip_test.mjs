// SPDX-License-Identifier: Apache-2.0
// Other people's clients of WHIP and WHEP, as they are: Debian's, the library of OBS, and those of npm in a page of another origin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { atEnd } from './harness/cleanup.mjs';
import { run } from './harness/command.mjs';
import { record, versionOfPackage } from './harness/compatibility.mjs';
import { tcpPort, udpPort } from './harness/ports.mjs';
import { until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';
import { servePages, WhipPage } from './pages/whip_page.mjs';

const ROOM = 'stage';
/** Debian 12's ends at once with the libnice of Debian 12: harness/no_upnp.c says why. */
const WHIP_CLIENT = ['env', `LD_PRELOAD=${process.env.VECHE_NO_UPNP}`, process.env.WHIP_CLIENT_BIN ?? 'whip-client'];
const PUBLISHERS = ['whip-whep publisher', 'eyevinn publisher'];
const PLAYERS = ['whip-whep player', 'eyevinn player'];
const DEBIAN = 'debian publisher';
const OBS = 'obs publisher';
/** The names of clients, as ids of participants. */
const idOf = (name) => name.replaceAll(' ', '-');
/** As in the documentation: it has neither video, nor a BUNDLE group, nor audio levels. */
const AUDIO = 'audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample ! queue ! opusenc ! rtpopuspay pt=100 ! queue'
  + ' ! application/x-rtp,media=audio,encoding-name=OPUS,payload=100';

/**
 * Of an interface of this machine, and loopback only if there is no other: Debian's client leaves loopback out where it can. One address,
 * because whip-whep's ICE restart breaks with several candidates.
 */
function address() {
  const other = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal);
  return other?.address ?? '127.0.0.1';
}

/** A publisher that is a program; `stop` is the signal of a person at the terminal. */
function startProgram(t, program, words) {
  let child;
  const ended = run(t, program, words, (started) => { child = started; });
  ended.catch(() => {}); // Awaited at the end; it may fail before.
  return { stop: () => { child.kill('SIGINT'); return ended; } };
}

/** Debian's WHIP client. */
function startDebianClient(t, url, token) {
  const [program, ...words] = [...WHIP_CLIENT, '-u', url, '-t', token, '-A', AUDIO, '-f', '-o', '-l', '7'];
  return startProgram(t, program, words);
}

/** What OBS does, with its library. */
async function startObs(t, url, token) {
  const program = fileURLToPath(new URL('peers/obs_publisher.mjs', import.meta.url));
  return startProgram(t, process.execPath, [program, url, token, address(), await udpPort()]);
}

class Stage {
  static async open(t) {
    const stage = new Stage();
    stage.origin = await servePages(t, await tcpPort());
    stage.server = await VecheServer.start(t, { maxSpeakers: 4, http: { cors_origins: [stage.origin] }, media: { addresses: [address()] } });
    const browser = await launchBrowser(t);
    stage.browser = browser;
    stage.page = await WhipPage.open(browser, stage.origin);
    return stage;
  }

  url(protocol) {
    return `${this.server.url}/${protocol}/${ROOM}`;
  }

  async token(name) {
    return (await this.server.invite(ROOM, idOf(name))).token;
  }

  async participant(name) {
    return (await this.server.api('GET', `/v1/rooms/${ROOM}/participants/${idOf(name)}`)).body;
  }

  async sourceNumber(name) {
    return (await this.participant(name)).source_number;
  }

  /** Mutes all of them but one. */
  async leave(talker, publishers) {
    for (const name of publishers) {
      await this.server.api('PATCH', `/v1/rooms/${ROOM}/participants/${idOf(name)}`, { muted: name !== talker });
    }
  }

  async isGone(name) {
    const { status } = await this.server.api('GET', `/v1/rooms/${ROOM}/participants/${idOf(name)}`);
    return status === 404;
  }
}

/** What each of the clients has been seen to do. */
async function recordAll(t) {
  const { output } = await run(t, 'dpkg-query', ['--show', '--showformat=${Version}', 'simple-whip-client']);
  record("Debian's whip-client", output, 'is heard', 'WHIP');
  record('libdatachannel', `node-datachannel ${versionOfPackage('node-datachannel')}`, 'is heard', 'WHIP');
  record('whip-whep', versionOfPackage('whip-whep'), 'is heard', 'hears', 'WHIP', 'WHEP', ...(environment.path === 'wire' ? ['ICE restart'] : []));
  const [client, player] = ['@eyevinn/whip-web-client', '@eyevinn/webrtc-player'].map(versionOfPackage);
  record('Eyevinn', `whip-web-client ${client}, webrtc-player ${player}`, 'is heard', 'hears', 'WHIP', 'WHEP');
}

async function publishAndListen(t, stage) {
  const { server, page } = stage;
  const everybody = [DEBIAN, OBS, ...PUBLISHERS];
  const debian = startDebianClient(t, stage.url('whip'), await stage.token(DEBIAN));
  const obs = await startObs(t, stage.url('whip'), await stage.token(OBS));
  for (const name of PUBLISHERS) await page.start(name, stage.url('whip'), await stage.token(name));
  for (const name of PLAYERS) await page.start(name, stage.url('whep'), await stage.token(name));
  const listener = await VoicePage.join(stage.browser, server, { name: 'Lia', room: ROOM, listenOnly: true });
  await server.connected(ROOM, everybody.length + PLAYERS.length + 1);

  for (const name of everybody) {
    const { tracks, slot_state: slots } = await stage.participant(name);
    assert.equal(tracks.length, 1, `${name} publishes one track`);
    assert.deepEqual(slots, [], `${name} receives nothing`);
    const source = await stage.sourceNumber(name);
    await until(`the listener hears the ${name}`, () => listener.hears(source));
  }
  await until('no descriptor is kept for events that nobody will read', async () => {
    const { resources } = (await server.api('GET', '/v1/capacity')).body;
    return resources.find(({ name }) => name === 'descriptors').promised === 0;
  });

  for (const talker of everybody) {
    await stage.leave(talker, everybody);
    const source = await stage.sourceNumber(talker);
    for (const name of PLAYERS) {
      const before = await page.heard(name);
      await until(`the ${name}, which has one slot, plays the ${talker}`, async () => {
        const { streams, energy, sources } = await page.heard(name);
        return streams === 1 && energy > before.energy && sources.length === 1 && sources[0] === source;
      });
      const { tracks, slot_state: slots } = await stage.participant(name);
      assert.deepEqual(tracks, [], `${name} publishes nothing`);
      assert.deepEqual(slots.map(({ participant }) => participant), [idOf(talker)]);
    }
  }

  if (environment.path === 'wire') {
    await stage.leave(PUBLISHERS[0], everybody);
    await page.restart(PUBLISHERS[0]);
    const { energy } = await page.heard(PLAYERS[0]);
    await until('the sound goes on after an ICE restart', async () => (await page.heard(PLAYERS[0])).energy > energy);
    assert.match(server.log(), /restarts ICE.* participant=whip-whep-publisher /);
  }

  for (const name of [...PUBLISHERS, ...PLAYERS]) {
    await page.stop(name);
    assert.ok(await stage.isGone(name), `${name} has left with its DELETE`);
  }
  for (const [name, program] of [[DEBIAN, debian], [OBS, obs]]) {
    const { code, output, errors } = await program.stop();
    assert.equal(code, 0, errors);
    assert.ok(await stage.isGone(name), output);
    assert.doesNotMatch(output + errors, /\[4\d\d\]|HTTP error/, 'each of its requests succeeded');
  }
  assert.deepEqual(page.errors, []);
  assert.deepEqual(listener.errors, []);
  await recordAll(t);
}

async function askFromAnotherOrigin(stage, token) {
  const { server, page } = stage;
  for (const protocol of ['whip', 'whep']) {
    const endpoint = stage.url(protocol);
    const options = await page.fetch(endpoint, 'OPTIONS');
    assert.equal(options.status, 204);
    assert.equal(options.headers['accept-post'], 'application/sdp');
    assert.equal((await page.fetch(endpoint, 'HEAD', token)).status, 204);
    assert.equal((await page.fetch(endpoint, 'GET', token)).status, 204);
    assert.equal((await page.fetch(endpoint, 'GET')).status, 401);
    assert.equal((await page.fetch(`${endpoint}/nothing`, 'DELETE', token)).status, 404);
    await assert.rejects(page.fetch(endpoint, 'PUT', token), /Failed to fetch/, 'no preflight allows it');
  }
  assert.ok(!server.log().includes(token), 'the log has no token');
}

/**
 * A load balancer: what is posted below /near goes to /here, and below /far to the server itself, by 307; it hands on what comes to /here.
 * Returns its URL.
 */
async function startBalancer(t, { server, origin }) {
  const port = await tcpPort();
  const balancer = createServer(async (request, response) => {
    const [, place, ...rest] = request.url.split('/');
    const path = `/${rest.join('/')}`;
    if (request.method === 'POST' && place !== 'here') {
      const target = place === 'near' ? `/here${path}` : server.url + path;
      return response.writeHead(307, { Location: target, 'Access-Control-Allow-Origin': origin }).end();
    }
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(server.url + path, { method: request.method, headers, ...(pieces.length > 0 && { body: Buffer.concat(pieces) }) });
    const { 'content-length': size, connection: kept, 'keep-alive': idle, ...shown } = Object.fromEntries(answer.headers);
    return response.writeHead(answer.status, shown).end(await answer.text());
  }).listen(port, '127.0.0.1');
  await once(balancer, 'listening');
  atEnd(t, () => { balancer.closeAllConnections(); balancer.close(); });
  return `http://127.0.0.1:${port}`;
}

async function followRedirects(t, stage) {
  const balancer = await startBalancer(t, stage);
  const token = await stage.token('ann');
  const near = await stage.page.fetch(`${balancer}/near/whip/${ROOM}`, 'POST', token, 'v=0');
  assert.equal(near.status, 400, 'the offer and the token have come, and the offer is bad');
  assert.equal(near.url, `${balancer}/here/whip/${ROOM}`);
  await assert.rejects(stage.page.fetch(`${balancer}/far/whip/${ROOM}`, 'POST', token, 'v=0'), /Failed to fetch/, 'not to another origin');
}

test('Standard clients', async (t) => {
  const stage = await Stage.open(t);
  await t.test('A page of another origin learns what the endpoints take', async () =>
    askFromAnotherOrigin(stage, await stage.token('ann')));
  await t.test('A redirect within an origin is followed with the offer, and to another one it is not', (part) => followRedirects(part, stage));
  await stage.server.api('DELETE', `/v1/rooms/${ROOM}/participants/ann`);
  await t.test('They publish and listen, and end their sessions', () => publishAndListen(t, stage));
});
