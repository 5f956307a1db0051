// SPDX-License-Identifier: Apache-2.0
// The table of docs/compatibility.md: from what the tests recorded to text, and back. Values in, values out.

/** The columns. */
export const ABILITIES = ['is heard', 'hears', 'reports', 'ICE restart', 'redundant audio', 'WHIP', 'WHEP', 'end-to-end encryption'];
const MARKS = ['<!-- The table is made by scripts/compatibility. -->', '<!-- End of the table. -->'];
/** On each path, or on the wire path alone. */
const [YES, ON_WIRE] = ['yes', 'wire path'];
/** The tests that record, and their paths. One with a single path says nothing against the other. */
const PARTS = {
  mixed: ['wire', 'pipeline'], clients: ['wire', 'pipeline'], firefox: ['wire', 'pipeline'], whip: ['wire', 'pipeline'], client_encryption: ['wire'],
};

function rowOf(version, cellOf) {
  const cells = ABILITIES.map((ability, i) => [ability, cellOf(ability, i)]).filter(([, cell]) => cell);
  return { version, ...Object.fromEntries(cells) };
}

/** The table in a document: client -> {version, [ability]: its cell}. */
export function readTable(text) {
  const [, table = ''] = text.split(MARKS[0]);
  const lines = table.split(MARKS[1])[0].split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.slice(2).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  return new Map(rows.map(([client, version, ...cells]) => [client, rowOf(version, (_, i) => cells[i])]));
}

function textOf(table) {
  const head = [`| Client | Tested version | ${ABILITIES.join(' | ')} |`, `|---|---|${ABILITIES.map(() => '---|').join('')}`];
  const lines = [...table].map(([client, row]) => `| ${client} | ${row.version} | ${ABILITIES.map((ability) => row[ability] ?? '').join(' | ')} |`);
  return [...head, ...lines].join('\n');
}

/** The document with another table. */
export function withTable(text, table) {
  const [before, rest] = text.split(MARKS[0]);
  return `${before}${MARKS[0]}\n${textOf(table)}\n${MARKS[1]}${rest.split(MARKS[1])[1]}`;
}

/** Versions change with every update of Debian: they are no difference. */
export function isSame(one, other) {
  const sorted = (table) => JSON.stringify([...table].map(([client, row]) => [client, { ...row, version: '' }]).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

/** Whether the row of a client says that it has this ability on this path. */
export const says = (row, ability, path) => row?.[ability] === YES || (path === 'wire' && row?.[ability] === ON_WIRE);

/** The parts that have no record yet: [{test, path}]. */
export function missingParts(records) {
  const parts = Object.entries(PARTS).flatMap(([test, paths]) => paths.map((path) => ({ test, path })));
  return parts.filter((part) => !records.some(({ test, path }) => test === part.test && path === part.path));
}

/** The table that records make: each {client, version, test, path, abilities}. What a missing part could have said is as in `present`. */
export function tableOf(records, present) {
  const isComplete = missingParts(records).length === 0;
  const clients = [...new Set([...present.keys(), ...records.map(({ client }) => client)])];
  const rows = clients.map((client) => {
    const own = records.filter((entry) => entry.client === client);
    const before = present.get(client);
    return [client, rowOf(own.at(-1)?.version ?? before?.version, (ability) => {
      const witnesses = own.filter(({ abilities }) => abilities.includes(ability));
      const isOnBoth = witnesses.some(({ test, path }) => path === 'pipeline' || PARTS[test]?.length === 1);
      if (isOnBoth || (!isComplete && before?.[ability] === YES)) return YES;
      return witnesses.length > 0 ? ON_WIRE : !isComplete && before?.[ability];
    })];
  });
  return new Map(rows.filter(([, row]) => Object.keys(row).length > 1));
}
