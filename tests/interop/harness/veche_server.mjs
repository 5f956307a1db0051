// SPDX-License-Identifier: Apache-2.0
// Starts a test's own veche server, sends it requests, and always stops it. For tests in Python there is veche_server.py.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { DescribedApi } from './described_api.mjs';
import { tcpPort, udpPorts } from './ports.mjs';
import { scratch } from './scratch.mjs';
import { LIMIT_MS, until } from './until.mjs';

/** The arguments from meson.build. */
export const environment = {
  server: process.env.VECHE_BIN,
  load: process.env.VECHE_LOAD,
  plugins: process.env.VECHE_PLUGIN_DIR,
  source: process.env.VECHE_SOURCE_ROOT,
  build: process.env.VECHE_BUILD_ROOT,
  artifacts: process.env.VECHE_ARTIFACTS,
  path: process.env.VECHE_MEDIA_PATH ?? 'wire',
  /** `make test-full`: every count and every duration at its documented value. */
  full: process.env.VECHE_FULL === '1',
};
/** For a server on loopback; one that listens elsewhere refuses it and has its own `server.key`. */
export const KEY = 'dev.devsecret';
/** Of every server here, so that tokens outlast its restart. */
export const SIGNING_KEY = { kid: 'test', secret: randomBytes(32).toString('hex') };
const LOOPBACK = '127.0.0.1';

/** On the pipeline path a participant takes a port; on the wire path a lane does. Servers of concurrent tests must not share them. */
const MEDIA_PORTS = environment.path === 'pipeline' ? 40 : 16;

function configuration(listen, key, { maxSpeakers, peerTimeout, mediaPorts, media, plugins, log, http, events }) {
  const [id, secret] = key.split('.');
  return {
    http: { listen: [listen], static_dir: join(environment.source, 'clients/web'), ...http },
    server: { drain_deadline_s: 0 }, // The server does not wait for clients that are still connected when a test ends.
    auth: { keys: [{ id, secret, scopes: ['admin'] }], signing_keys: [SIGNING_KEY] },
    media: {
      addresses: [LOOPBACK], ports: udpPorts(mediaPorts), peer_timeout_s: peerTimeout, path: environment.path, ...media,
    },
    plugins: plugins ?? [{ name: 'forwarding', required: true, config: { max_speakers: maxSpeakers } }],
    plugin_dirs: [environment.plugins],
    ...(log && { log }),
    ...(events && { events }),
  };
}

const LOST_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export class VecheServer {
  #logFile;
  #configFile;
  #process;
  #configuration;
  #described;

  /**
   * Started and ready; ends with the test `t`. It has `mediaPorts` UDP ports. `media`, `log`, `http` and `events` go into those sections of the configuration;
   * `plugins` take the place of forwarding; `variables` are added to its environment; `prefix` is put before its command line, and must not fork.
   */
  static async start(t, {
    maxSpeakers = 3, peerTimeout = 15, host = LOOPBACK, mediaPorts = MEDIA_PORTS, media = {}, plugins, log, http, events, variables = {}, prefix = [] } = {}) {
    const server = new VecheServer();
    const directory = scratch(t, 'server');
    server.#logFile = join(directory, 'log');
    server.#configFile = join(directory, 'veche.json');
    Object.assign(server, { variables, prefix });
    const listen = `${host}:${await tcpPort(host)}`;
    server.url = `http://${listen}`;
    // Browsers give the microphone to pages of localhost alone; launchBrowser() says which address that is.
    server.pages = host === LOOPBACK ? server.url : `http://veche.localhost:${new URL(server.url).port}`;
    server.key = host === LOOPBACK ? KEY : `test.${randomBytes(16).toString('hex')}`;
    server.#configuration = configuration(listen, server.key, { maxSpeakers, peerTimeout, mediaPorts, media, plugins, log, http, events });
    server.#write();
    atEnd(t, () => server.#cleanUp());
    await server.launch();
    return server;
  }

  /** For the next launch: further settings of a plugin. */
  changePlugin(name, config) {
    const all = JSON.parse(readFileSync(this.#configFile, 'utf8'));
    Object.assign(all.plugins.find((plugin) => plugin.name === name).config, config);
    writeFileSync(this.#configFile, JSON.stringify(all));
  }

  async launch() {
    const log = openSync(this.#logFile, 'a');
    const start = this.log().length;
    const [program, ...words] = [...this.prefix, environment.server, '--config', this.#configFile];
    this.#process = spawn(program, words, {
      stdio: ['ignore', log, log],
      env: { ...process.env, G_DEBUG: 'fatal-criticals', ...this.variables },
    });
    closeSync(log);
    await until('the server listens', () => {
      assert.ok(!this.hasEnded, `the server ended:\n${this.log()}`);
      return this.log().slice(start).includes(`listening on ${this.url}`);
    }).catch((error) => { throw new Error(`${error.message}:\n${this.log().slice(-4000)}`); });
  }

  #write() {
    writeFileSync(this.#configFile, JSON.stringify(this.#configuration));
  }

  /** Changes the configuration file, and waits until the server has logged its reload. Returns the log lines meanwhile. */
  async reload(change, outcome = 'the configuration is reloaded') {
    const start = this.log().length;
    change(this.#configuration);
    this.#write();
    this.signal('SIGHUP');
    await until(outcome, () => this.log().slice(start).includes(outcome));
    return this.log().slice(start);
  }

  signal(name) {
    this.#process.kill(name);
  }

  get hasEnded() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get pid() {
    return this.#process.pid;
  }

  log() {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** The document that the server has now. */
  async describe() {
    const response = await fetch(`${this.url}/v1/openapi.json`);
    assert.equal(response.status, 200, 'GET /v1/openapi.json');
    this.#described = new DescribedApi(await response.json());
    return this.#described;
  }

  /** Fails unless the document allows the exchange. Plugins come and go, so one complaint makes it read the document again. */
  async #compare(exchange) {
    const described = this.#described ?? await this.describe();
    if (!described.complaint(exchange)) return;
    const complaint = (await this.describe()).complaint(exchange);
    assert.equal(complaint, undefined, complaint);
  }

  /** A request with the API key. Gives {status, headers, body}; the body parsed if it is JSON. The server's own document has to allow it. */
  async api(method, path, body) {
    const ask = () => fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    // A server that is short of descriptors may end an idle connection just as the next request is sent on it. Browsers repeat it, too.
    const response = await ask().catch((error) => {
      if (LOST_CONNECTION.has(error.cause?.code)) return ask();
      throw new Error(`${method} ${path}: ${error.cause?.code} ${error.cause?.message}`, { cause: error });
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const answer = /json/.test(type) && text ? JSON.parse(text) : text;
    await this.#compare({ method, target: path, body, status: response.status, type, answer });
    return { status: response.status, headers: response.headers, body: answer };
  }

  /** The lanes' figures: ports and counters. */
  async lanes() {
    return (await this.api('GET', '/v1/server')).body.lanes;
  }

  /** The statistics of one participant's session. */
  async statistics(room, participant) {
    return (await this.api('GET', `/v1/rooms/${room}/participants/${participant}/stats`)).body;
  }

  /** Waits until this many participants of the room are connected. */
  /** The ids of those who are connected. */
  async present(room) {
    const { body } = await this.api('GET', `/v1/rooms/${room}/participants?limit=100`);
    return (body.participants ?? []).filter(({ state }) => state === 'connected').map(({ id }) => id).sort();
  }

  connected(room, count) {
    return until(`${count} are connected in ${room}`, async () => (await this.present(room)).length === count);
  }

  async createRoom(room, policy) {
    const { status, body } = await this.api('PUT', `/v1/rooms/${room}`, policy);
    assert.ok(status === 200 || status === 201, `PUT room: ${status} ${JSON.stringify(body)}`);
  }

  async invite(room, participant) {
    const { status, body } = await this.api('POST', `/v1/rooms/${room}/participants`, { id: participant, name: participant });
    assert.ok(status === 200 || status === 201, `invite: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Stops it as an operator would; an earlier crash or a bad exit fails the test. */
  async stop() {
    const server = this.#process;
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      const killer = setTimeout(() => server.kill('SIGKILL'), LIMIT_MS);
      await exited;
      clearTimeout(killer);
    }
    assert.equal(server.signalCode ?? server.exitCode, 0, `the server did not end well:\n${this.log().slice(-4000)}`);
  }

  /** Stops it like a power cut: without any chance to react. launch() starts it again. */
  async kill() {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  async #cleanUp() {
    try {
      await this.stop();
    } finally {
      if (process.env.VECHE_SHOW_LOG) process.stderr.write(this.log());
    }
  }
}
