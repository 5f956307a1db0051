// SPDX-License-Identifier: Apache-2.0
// What a test saw a client do: kept for the table of docs/compatibility.md, and compared with it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ABILITIES, readTable, says } from './compatibility_table.mjs';
import { environment } from './veche_server.mjs';

const TEST = basename(process.argv[1] ?? '', '_test.mjs');
const DOCUMENT = new URL('../../../docs/compatibility.md', import.meta.url);
const seen = new Map(); // client -> {client, version, test, path, abilities}

/** This test has just seen that the client does this. Fails if the table does not say so. */
export function record(client, version, ...abilities) {
  const { artifacts, path } = environment;
  const entry = seen.get(client) ?? { client, version, test: TEST, path, abilities: [] };
  entry.abilities = [...new Set([...entry.abilities, ...abilities])];
  seen.set(client, entry);
  const folder = join(artifacts, 'compatibility');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${TEST}-${path}-${client.replaceAll(/\W+/g, '-')}.json`), JSON.stringify(entry, null, 1));
  const row = readTable(readFileSync(DOCUMENT, 'utf8')).get(client);
  for (const ability of abilities) {
    assert.ok(ABILITIES.includes(ability), ability);
    const complaint = `docs/compatibility.md does not say of ${client}: ${ability} on the ${path} path; scripts/compatibility writes its table`;
    assert.ok(says(row, ability, path), complaint);
  }
}

/** The version of a package of npm. */
export const versionOfPackage = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
