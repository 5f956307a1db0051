// SPDX-License-Identifier: Apache-2.0
// Makes the table of docs/compatibility.md of what the tests have recorded, or compares the two.
// Usage: compatibility.mjs --write|--check ARTIFACTS    What only a test could say that has not run is taken from the present table.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isSame, missingParts, readTable, tableOf, withTable } from './harness/compatibility_table.mjs';

const DOCUMENT = new URL('../../docs/compatibility.md', import.meta.url);
const [mode, artifacts] = process.argv.slice(2);
const folder = join(artifacts, 'compatibility');
const records = readdirSync(folder).sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const text = readFileSync(DOCUMENT, 'utf8');
const present = readTable(text);
const table = tableOf(records, present);
if (mode === '--write') {
  for (const { test, path } of missingParts(records)) console.log(`${test} has not run on the ${path} path: its cells stay as they were`);
  writeFileSync(DOCUMENT, withTable(text, table));
} else if (!isSame(table, present)) {
  console.log('docs/compatibility.md does not have the table that the tests recorded. scripts/compatibility would write:');
  console.log(JSON.stringify([...table], null, 1));
  process.exitCode = 1;
}
