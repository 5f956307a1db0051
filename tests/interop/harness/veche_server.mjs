// SPDX-License-Identifier: Apache-2.0
// Starts a veche server of a test's own, asks it things, and always ends it. For tests in Python there is veche_server.py.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { tcpPort, udpPorts } from './ports.mjs';
import { scratch } from './scratch.mjs';
import { until } from './until.mjs';

/** What meson.build hands over. */
export const environment = {
  server: process.env.VECHE_BIN,
  load: process.env.VECHE_LOAD,
  plugins: process.env.VECHE_PLUGIN_DIR,
  source: process.env.VECHE_SOURCE_ROOT,
  artifacts: process.env.VECHE_ARTIFACTS,
  path: process.env.VECHE_MEDIA_PATH ?? 'wire',
  /** `make test-full`: every count and every length as large as it is documented. */
  full: process.env.VECHE_FULL === '1',
};
/** Of a server on loopback; one that listens elsewhere refuses it and has `server.key` of its own. */
export const KEY = 'dev.devsecret';
const LOOPBACK = '127.0.0.1';

/** On the pipeline path a participant takes a port; on the wire path a lane does. Servers of tests that run at once must not share them. */
const MEDIA_PORTS = environment.path === 'pipeline' ? 40 : 16;
const READY_MS = 15000;
const EXIT_MS = 15000;

function configuration(listen, key, { maxSpeakers, peerTimeout, mediaPorts, media, plugins, log }) {
  const [id, secret] = key.split('.');
  return {
    http: { listen: [listen], static_dir: join(environment.source, 'examples/voice-client') },
    server: { drain_deadline_s: 0 }, // Clients that are still there when a test ends are not waited for.
    auth: { keys: [{ id, secret, scopes: ['admin'] }] },
    media: {
      addresses: [LOOPBACK], ports: udpPorts(mediaPorts), peer_timeout_s: peerTimeout, path: environment.path, ...media,
    },
    plugins: plugins ?? [{ name: 'forwarding', required: true, config: { max_speakers: maxSpeakers } }],
    plugin_dirs: [environment.plugins],
    ...(log && { log }),
  };
}

export class VecheServer {
  #logFile;
  #configFile;
  #process;
  #configuration;

  /**
   * Started and ready; ends with the test `t`. It has `mediaPorts` UDP ports. `media` and `log` go into those sections of the configuration;
   * `plugins` take the place of forwarding; `variables` are added to its environment; `prefix` is put before its command line, and must not fork.
   */
  static async start(t, {
    maxSpeakers = 3, peerTimeout = 15, host = LOOPBACK, mediaPorts = MEDIA_PORTS, media = {}, plugins, log, variables = {}, prefix = [] } = {}) {
    const server = new VecheServer();
    const directory = scratch(t, 'server');
    server.#logFile = join(directory, 'log');
    server.#configFile = join(directory, 'veche.json');
    Object.assign(server, { variables, prefix });
    const listen = `${host}:${await tcpPort(host)}`;
    server.url = `http://${listen}`;
    server.key = host === LOOPBACK ? KEY : `test.${randomBytes(16).toString('hex')}`;
    server.#configuration = configuration(listen, server.key, { maxSpeakers, peerTimeout, mediaPorts, media, plugins, log });
    server.#write();
    atEnd(t, () => server.#cleanUp());
    await server.launch();
    return server;
  }

  /** For the next launch: what is said of a plugin besides what is said already. */
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
    }, READY_MS).catch((error) => { throw new Error(`${error.message}:\n${this.log().slice(-4000)}`); });
  }

  #write() {
    writeFileSync(this.#configFile, JSON.stringify(this.#configuration));
  }

  /** Changes the configuration file, and waits until the server has read it again, and says so. What it logs meanwhile. */
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

  /** A request with the API key. Gives {status, headers, body}; the body parsed if it is JSON. */
  async api(method, path, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** What is told about the lanes: ports and counters. */
  async lanes() {
    return (await this.api('GET', '/v1/server')).body.lanes;
  }

  /** The statistics of one participant's session. */
  async statistics(room, participant) {
    return (await this.api('GET', `/v1/rooms/${room}/participants/${participant}/stats`)).body;
  }

  /** Waits until this many participants of the room are connected. */
  connected(room, count) {
    return until(`${count} are connected in ${room}`, async () => {
      const { body } = await this.api('GET', `/v1/rooms/${room}/participants?limit=100`);
      return body.participants?.filter(({ state }) => state === 'connected').length === count;
    });
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

  /** Ends it as an operator would; a crash before or a bad exit fails the test. */
  async stop() {
    const server = this.#process;
    if (server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      const killer = setTimeout(() => server.kill('SIGKILL'), EXIT_MS);
      await exited;
      clearTimeout(killer);
    }
    assert.equal(server.signalCode ?? server.exitCode, 0, `the server did not end well:\n${this.log().slice(-4000)}`);
  }

  /** As a power cut ends it: it gets no chance to do anything. launch() starts it again. */
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
