// SPDX-License-Identifier: Apache-2.0
// Starts the backend of examples/fastapi-backend for a test's own server, and always ends it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { PYTHON } from './command.mjs';
import { tcpPort } from './ports.mjs';
import { scratch } from './scratch.mjs';
import { until } from './until.mjs';
import { environment, KEY, SIGNING_KEY } from './veche_server.mjs';

export class Backend {
  #directory;
  #port;
  #process;
  #secret = `whsec_${randomBytes(32).toString('base64')}`;

  /** It has an address, which the server's configuration names, and does not run yet. It ends with the test `t`. */
  static async prepare(t) {
    const backend = new Backend();
    backend.#directory = scratch(t, 'backend');
    backend.#port = await tcpPort();
    backend.url = `http://127.0.0.1:${backend.#port}`;
    atEnd(t, () => backend.kill());
    return backend;
  }

  /** For `http` and `events` of the server's configuration. */
  get sections() {
    return {
      http: { cors_origins: [this.url] },
      events: {
        file: join(this.#directory, 'events.db'),
        webhooks_allow_private: true,
        webhooks: [{ name: 'backend', url: `${this.url}/hooks/veche`, secrets: [this.#secret],
          types: ['participant.joined', 'participant.left', 'room.closed'] }],
      },
    };
  }

  /** `variables` are added to its environment. */
  async launch(server, variables = {}) {
    const log = openSync(join(this.#directory, 'log'), 'a');
    const root = join(environment.source, 'examples/fastapi-backend');
    const words = ['-m', 'uvicorn', '--factory', 'backend.app:make_app', '--app-dir', root, '--host', '127.0.0.1', '--port', this.#port,
      '--ws', 'websockets', '--ws-max-size', '16384'];
    this.#process = spawn(PYTHON, words, {
      stdio: ['ignore', log, log],
      env: {
        ...process.env, PYTHONDONTWRITEBYTECODE: '1', VECHE_URL: server.url, VECHE_KEY: KEY, VECHE_SIGNING_KID: SIGNING_KEY.kid,
        VECHE_SIGNING_SECRET: SIGNING_KEY.secret, VECHE_WEBHOOK_SECRETS: this.#secret, BACKEND_SESSION_SECRET: SIGNING_KEY.secret,
        BACKEND_DATABASE: join(this.#directory, 'backend.db'), ...variables,
      },
    });
    closeSync(log);
    await until('the backend answers', async () => {
      assert.equal(this.#process.exitCode, null, `the backend ended:\n${this.log()}`);
      return fetch(`${this.url}/healthz`).then(({ ok }) => ok, () => false);
    });
  }

  /** Like a power cut. launch() starts it again. */
  async kill() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  /** It answers nothing until resume(). */
  pause() {
    this.#process.kill('SIGSTOP');
  }

  resume() {
    this.#process.kill('SIGCONT');
  }

  log() {
    return readFileSync(join(this.#directory, 'log'), 'utf8');
  }

  /** A demo user's session token. */
  async logIn(user) {
    return (await this.api('POST', '/api/login', null, { user, password: `${user}-demo` })).body.token;
  }

  /** {status, headers, body}; the body parsed if it is JSON. */
  async api(method, path, token, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? await response.json() : Buffer.from(await response.arrayBuffer()) };
  }
}
