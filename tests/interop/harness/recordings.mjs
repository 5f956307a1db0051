// SPDX-License-Identifier: Apache-2.0
// A server that records into the test's own directory, and the recordings of a room through its routes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Disk } from './disk.mjs';
import { scratch } from './scratch.mjs';
import { LIMIT_MS, until } from './until.mjs';
import { VecheServer } from './veche_server.mjs';

const ROUTES = '/v1/plugins/recording';
const EVERYTHING = { modes: ['tracks', 'mix'], participants: [], kinds: ['audio'], max_duration_s: 0, max_bytes: 0 };

/**
 * {server, disk}: `disk` holds the recordings, and stalls or fails on request (stall_disk.c). `others`: further plugins.
 * `prefix` makes the words before its command line from the directory; `variables` are added to its environment.
 */
export async function startRecorder(t, config = {}, others = [], prefix = () => [], variables = {}) {
  const disk = new RecordingDisk(t, 'recordings');
  const server = await VecheServer.start(t, {
    variables: { ...disk.variables, ...variables }, prefix: prefix(disk.directory),
    plugins: [
      { name: 'forwarding', required: true, config: { max_speakers: 3 } },
      { name: 'recording', required: true, config: { directory: disk.directory, ...config } },
      ...others,
    ],
  });
  return { server, disk };
}

class RecordingDisk extends Disk {
  /** Paths of all sound files, finished or not. */
  soundFiles() {
    return readdirSync(this.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(webm|mka|mkv)/.test(entry.name))
      .map((entry) => join(entry.path, entry.name));
  }
}

/** The recordings of one room. Methods return a manifest. */
export class Recordings {
  constructor(server, room) {
    Object.assign(this, { server, room, path: `${ROUTES}/rooms/${room}/recordings` });
  }

  async #manifest(method, path, body) {
    const { status, body: answer } = await this.server.api(method, path, body);
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  start(wanted = {}) {
    return this.#manifest('POST', this.path, { ...EVERYTHING, ...wanted });
  }

  read({ id }) {
    return this.#manifest('GET', `${this.path}/${id}`);
  }

  /** Waits until its files have their checksums too. */
  async stop(recording) {
    const stopped = await this.#manifest('POST', `${this.path}/${recording.id}/stop`);
    assert.notEqual(stopped.state, 'recording', 'the answer comes when it has ended');
    return until(`recording ${recording.id} has its checksums`, async () => {
      const manifest = await this.read(recording);
      return manifest.files.every(({ sha256 }) => sha256) && manifest;
    });
  }

  ended(recording, limitMs = LIMIT_MS) {
    return until(`recording ${recording.id} has ended`, async () => {
      const manifest = await this.read(recording);
      return manifest.state !== 'recording' && manifest;
    }, limitMs);
  }

  /** {status, headers, bytes} of a file, or of a `range` of it. */
  async download({ id }, file, range) {
    const response = await fetch(`${this.server.url}${this.path}/${id}/files/${file}`, {
      headers: { Authorization: `Bearer ${this.server.key}`, ...(range && { Range: range }) },
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /** Downloads every file into a directory of the test's, checks its digest, and returns {name: path}. */
  async downloadAll(t, manifest) {
    const directory = scratch(t);
    const paths = {};
    for (const { name, sha256, bytes } of manifest.files) {
      const file = await this.download(manifest, name);
      assert.equal(file.status, 200, name);
      assert.equal(file.bytes.length, bytes, name);
      assert.equal(createHash('sha256').update(file.bytes).digest('hex'), sha256, name);
      paths[name] = join(directory, name);
      writeFileSync(paths[name], file.bytes);
    }
    return paths;
  }
}

/** The recordings of all rooms. */
export async function allRecordings(server) {
  const { status, body } = await server.api('GET', `${ROUTES}/recordings`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.recordings;
}
