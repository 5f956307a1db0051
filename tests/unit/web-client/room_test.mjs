// SPDX-License-Identifier: Apache-2.0
// What a voice client knows of its room after each message.

import assert from 'node:assert/strict';
import test from 'node:test';

import { RoomState } from '../../../clients/web/src/protocol/room.js';

const entry = (participant, name = participant) => ({ participant, name });
const SNAPSHOT = {
  type: 'snapshot',
  data: {
    self: entry('ann'), roster: [entry('ann'), entry('bob')], participants: 70, slots: [{ mid: '1', participant: 'bob' }],
    speaking: ['bob'], dominant: 'bob', pinned: ['bob'], blocked: ['eve'], recording: { active: true },
  },
};

function begun() {
  const room = new RoomState();
  assert.deepEqual(room.take(SNAPSHOT), ['roster', 'slots', 'speakers', 'network', 'notices']);
  return room;
}

test('A snapshot is the whole state', () => {
  const room = begun();
  assert.deepEqual([...room.roster.keys()], ['ann', 'bob']);
  assert.equal(room.participants, 70);
  assert.deepEqual([...room.slots], [['1', 'bob']]);
  assert.deepEqual([[...room.speaking], room.dominant], [['bob'], 'bob']);
  assert.deepEqual([...room.notices], [['recording', { active: true }]]);
  room.take({ ...SNAPSHOT, data: { ...SNAPSHOT.data, roster: [entry('ann')], participants: 1 } });
  assert.deepEqual([...room.roster.keys()], ['ann']);
});

test('The roster follows those who join, change, leave and are hidden', () => {
  const room = begun();
  const changed = room.take({
    type: 'roster', data: { joined: [entry('dan')], changed: [entry('ann', 'Ann')], left: ['bob'], hidden: [], participants: 70 } });
  assert.deepEqual(changed, ['roster']);
  assert.deepEqual([...room.roster.keys()], ['ann', 'dan']);
  assert.equal(room.self.name, 'Ann');
  room.take({ type: 'roster', data: { joined: [], changed: [], left: [], hidden: ['dan'], participants: 71 } });
  assert.deepEqual([[...room.roster.keys()], room.participants], [['ann'], 71]);
});

test('Other messages change their part alone', () => {
  const room = begun();
  assert.deepEqual(room.take({ type: 'slots', data: [{ mid: '1', participant: '' }] }), ['slots']);
  assert.deepEqual([...room.slots], [['1', '']]);
  assert.deepEqual(room.take({ type: 'speakers', data: { speaking: [], dominant: '' } }), ['speakers']);
  assert.deepEqual([room.speaking.size, room.dominant], [0, '']);
  assert.deepEqual(room.take({ type: 'notice', data: { recording: null, stage: {} } }), ['notices']);
  assert.deepEqual([...room.notices], [['stage', {}]]);
  assert.deepEqual(room.take({ type: 'resumed', data: { self: entry('ann', 'A'), pinned: [], blocked: [] } }), ['roster']);
  assert.deepEqual([room.self.name, room.roster.size], ['A', 2]);
  assert.deepEqual(room.take({ type: 'hint', data: { max_bitrate_bps: 1 } }), []);
  assert.deepEqual(room.take({ type: 'draining', data: {} }), []);
});

test('The network is as the server says last, and unknown in a new stream', () => {
  const room = begun();
  assert.deepEqual(room.network, { quality: 'unknown', reason: '' });
  assert.deepEqual(room.take({ type: 'quality', data: { quality: 'poor', reason: 'congestion' } }), ['network']);
  assert.deepEqual(room.network, { quality: 'poor', reason: 'congestion' });
  room.take({ type: 'resumed', data: { self: entry('ann'), pinned: [], blocked: [] } });
  assert.equal(room.network.quality, 'poor');
  room.take(SNAPSHOT);
  assert.equal(room.network.quality, 'unknown');
});

test('The end of a call leaves nobody', () => {
  const room = begun();
  room.clear();
  assert.deepEqual([room.roster.size, room.participants, room.speaking.size, room.notices.size], [0, 0, 0, 0]);
});
