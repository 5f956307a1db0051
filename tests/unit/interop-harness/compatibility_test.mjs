// SPDX-License-Identifier: Apache-2.0
// The table of docs/compatibility.md: what tests recorded becomes cells, also while some tests have not run, and is read as it is written.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { ABILITIES, isSame, missingParts, readTable, says, tableOf, withTable } from '../../interop/harness/compatibility_table.mjs';

const DOCUMENT = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8');
const seen = (run, client, ...abilities) => {
  const [name, path] = run.split(' ');
  return { test: name, path, client, version: '1', abilities };
};
/** A record of each part, by a client of its own. */
const ALL = missingParts([]).map(({ test: name, path }) => seen(`${name} ${path}`, 'Everywhere', 'hears'));
const rows = (table) => Object.fromEntries(table);

test('The document has a table, and each of its cells is known', () => {
  const table = readTable(DOCUMENT);
  assert.ok(table.size > 5);
  for (const [client, { version, ...cells }] of table) {
    assert.ok(version, client);
    assert.ok(Object.keys(cells).length > 0, client);
    for (const [ability, cell] of Object.entries(cells)) assert.match(cell, /^(yes|wire path)$/, `${client}, ${ability}`);
  }
});

test('What is written is read, and nothing else of the document changes', () => {
  const table = new Map([['Some browser', { version: '2', hears: 'yes', WHEP: 'wire path' }]]);
  const text = withTable(DOCUMENT, table);
  assert.deepEqual(readTable(text), table);
  assert.equal(withTable(text, readTable(DOCUMENT)), DOCUMENT);
});

test('An ability that was seen on both paths is one; on the wire path alone, it is one of that path', () => {
  const table = tableOf([...ALL, seen('mixed wire', 'A', 'hears', 'reports'), seen('mixed pipeline', 'A', 'hears')], new Map());
  assert.deepEqual(rows(table).A, { version: '1', hears: 'yes', reports: 'wire path' });
});

test('A test that has but one path says nothing against the other', () => {
  const table = tableOf([...ALL, seen('client_encryption wire', 'A', 'end-to-end encryption')], new Map());
  assert.equal(rows(table).A['end-to-end encryption'], 'yes');
});

test('While parts are missing the present cells stay; when all have run, what nobody saw is gone', () => {
  const present = new Map([['A', { version: '0', hears: 'yes', WHIP: 'wire path' }], ['B', { version: '0', WHEP: 'yes' }]]);
  const some = [seen('mixed wire', 'A', 'hears', 'reports')];
  const partly = rows(tableOf(some, present));
  assert.deepEqual(partly, { A: { version: '1', hears: 'yes', reports: 'wire path', WHIP: 'wire path' }, B: { version: '0', WHEP: 'yes' } });
  const table = rows(tableOf([...ALL, ...some], present));
  assert.deepEqual([table.A, table.B], [{ version: '1', hears: 'wire path', reports: 'wire path' }, undefined]);
  assert.deepEqual(missingParts([...ALL, ...some]), []);
});

test('Versions and the order of clients are no difference, cells are', () => {
  const one = new Map([['A', { version: '1', hears: 'yes' }], ['B', { version: '1', WHIP: 'yes' }]]);
  assert.ok(isSame(one, new Map([['B', { version: '2', WHIP: 'yes' }], ['A', { version: '2', hears: 'yes' }]])));
  assert.ok(!isSame(one, new Map([['A', { version: '1', hears: 'wire path' }], ['B', { version: '1', WHIP: 'yes' }]])));
});

test('A cell speaks of a path', () => {
  const row = { version: '1', hears: 'yes', reports: 'wire path' };
  const said = ['hears', 'reports', 'WHIP'].map((ability) => ['wire', 'pipeline'].map((path) => says(row, ability, path)));
  assert.deepEqual(said, [[true, true], [true, false], [false, false]]);
  assert.equal(says(undefined, ABILITIES[0], 'wire'), false);
});
