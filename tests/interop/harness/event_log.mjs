// SPDX-License-Identifier: Apache-2.0
// The event log of a server that has ended, and what is always true of one.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

// Python, whose standard library reads SQLite.
const READER = `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT id, room, incarnation, seq, time_unix_ms, type, participant, data FROM events ORDER BY id")
names = [column[0] for column in rows.description]
print(json.dumps([dict(zip(names, row)) for row in rows]))
`;

/** All events of the database, with their data parsed. */
export async function readEventLog(file) {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', READER, file], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout).map((event) => ({ ...event, data: JSON.parse(event.data) }));
}

function checkIds(events) {
  let next = events[0].id;
  for (const { id, type, data } of events) {
    if (type === 'events.gap' && data.reason === 'overflow') {
      assert.deepEqual([data.from, data.to], [next, id], 'a gap covers the ids that are missing');
    } else {
      assert.equal(id, next, `${type} follows without a gap`);
    }
    next = id + 1;
  }
}

/** Within an incarnation numbers jump only over a gap; the server's own begin with each start. */
function checkNumbers(events) {
  const last = new Map();
  let gaps = 0;
  for (const { id, incarnation, seq, type } of events) {
    if (type === 'events.gap') gaps += 1;
    if (type === 'server.started') last.delete('');
    const { seq: before, gaps: known } = last.get(incarnation) ?? { seq: 0, gaps };
    assert.ok(seq === before + 1 || (seq > before && gaps > known) || (before === 0 && gaps > 0), `event ${id} has number ${seq} after ${before}`);
    last.set(incarnation, { seq, gaps });
  }
}

/** Each begin has one end, in that order. Returns how many are open at the end. */
function checkTurns(events) {
  const open = new Set();
  const turns = {
    'room.created': ['begins', () => ''], 'room.closed': ['ends', () => ''],
    'participant.joined': ['begins', (name) => name], 'participant.left': ['ends', (name) => name],
  };
  for (const { id, type, incarnation, participant } of events) {
    if (!(type in turns)) continue;
    const [turn, nameOf] = turns[type];
    const key = `${incarnation}/${nameOf(participant)}`;
    assert.equal(open.has(key), turn === 'ends', `event ${id}: ${type} of ${key}`);
    if (turn === 'begins') open.add(key);
    else open.delete(key);
  }
  return open;
}

/** What is true of every log of a server that has ended: ids, numbers, and that all that began has ended. */
export function assertWhole(events) {
  checkIds(events);
  checkNumbers(events);
  assert.deepEqual([...checkTurns(events)], [], 'everything has ended');
}
