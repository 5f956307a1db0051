// SPDX-License-Identifier: Apache-2.0
// What the page of clients/web shows of a large room: the order of its list, who is on the stage, and which rows are in the document.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Directory, keepOrder } from '../../../clients/web/demo/directory.js';
import { visibleRows } from '../../../clients/web/demo/list_window.js';
import { SpeakerOrder } from '../../../clients/web/demo/speaker_order.js';

const entry = (participant, name = '') => ({ participant, name });
const rosterOf = (...participants) => new Map(participants.map((participant) => [participant, entry(participant)]));
const idsOf = (directory) => directory.list().map(({ participant }) => participant);
const page = (next, ...participants) => ({ people: participants.map((participant) => entry(participant)), next });

test('A small room is listed by name, this participant first, and needs no pages', () => {
  const directory = new Directory();
  const roster = new Map([entry('p1', 'Émile'), entry('p2', 'anna'), entry('p3'), entry('p4', 'Zoe'), entry('p5', 'Guest 10'), entry('p6', 'Guest 9')]
    .map((each) => [each.participant, each]));
  directory.takeRoster({ roster, self: 'p4', participants: 6 });
  assert.deepEqual(idsOf(directory), ['p4', 'p2', 'p1', 'p6', 'p5', 'p3']);
  assert.equal(directory.next, null);
  directory.text = 'an';
  assert.deepEqual(idsOf(directory), ['p2']);
  assert.equal(directory.next, null, 'it sees everybody');
});

test('The pages of a large room follow those whom the client sees, and nobody moves when the client begins to see them', () => {
  const directory = new Directory();
  directory.takeRoster({ roster: rosterOf('d', 'b'), self: 'd', participants: 5 });
  assert.equal(directory.next, '');
  directory.takePages([page('c2', 'a', 'b')]);
  assert.equal(directory.next, 'c2');
  assert.deepEqual(idsOf(directory), ['d', 'b', 'a']);
  directory.takePages([page(null, 'c', 'd', 'e')]);
  assert.equal(directory.next, null);
  assert.deepEqual(idsOf(directory), ['d', 'b', 'a', 'c', 'e']);
  const seen = rosterOf('d', 'b', 'c');
  seen.get('c').muted_by_self = true;
  assert.equal(directory.takeRoster({ roster: seen, self: 'd', participants: 5 }), false);
  assert.deepEqual(idsOf(directory), ['d', 'b', 'a', 'c', 'e']);
  assert.equal(directory.list()[3].muted_by_self, true, 'what the client sees is newer than a page');
  directory.takeRoster({ roster: rosterOf('d', 'b'), self: 'd', participants: 5 });
  assert.deepEqual(idsOf(directory), ['d', 'b', 'a', 'c', 'e'], 'hidden again, but not gone');
});

test('A participant that leaves is gone from the list, and pages that may be out of date are said to be', () => {
  const directory = new Directory();
  directory.takeRoster({ roster: rosterOf('a', 'b'), self: 'a', participants: 4 });
  directory.takePages([page(null, 'a', 'b', 'c', 'd')]);
  assert.equal(directory.takeRoster({ roster: rosterOf('a'), self: 'a', participants: 3 }), true);
  assert.deepEqual(idsOf(directory), ['a', 'c', 'd']);
  directory.takePages([page('x', 'a', 'd')], { anew: true });
  assert.deepEqual(idsOf(directory), ['a', 'd']);
  assert.equal(directory.next, 'x');
});

test('Pages that are asked for again leave those that the client sees meanwhile at their places', () => {
  const directory = new Directory();
  directory.takeRoster({ roster: rosterOf('a'), self: 'a', participants: 9 });
  directory.takePages([page('1', 'a', 'c'), page('2', 'd', 'e')]);
  directory.takeRoster({ roster: rosterOf('a', 'd'), self: 'a', participants: 10 });
  directory.takePages([page('1', 'a', 'b', 'c'), page('2', 'd', 'e')], { anew: true });
  assert.deepEqual(idsOf(directory), ['a', 'b', 'c', 'd', 'e']);
});

test('Another text begins another list, of names and of ids', () => {
  const directory = new Directory();
  directory.takeRoster({ roster: new Map([['x-1', entry('x-1', 'Ann')], ['x-2', entry('x-2', 'Bob')]]), self: 'x-2', participants: 50 });
  directory.takePages([page('3', 'a')]);
  directory.text = 'ann';
  assert.equal(directory.next, '');
  assert.deepEqual(idsOf(directory), ['x-1']);
  directory.takePages([{ people: [entry('x-1', 'Ann'), entry('y', 'Joanna')], next: null }]);
  assert.deepEqual(idsOf(directory), ['x-1', 'y']);
  directory.text = 'X-2';
  assert.deepEqual(idsOf(directory), ['x-2']);
});

test('While a pointer is on the list people come at its end, and nobody else moves', () => {
  assert.deepEqual(keepOrder(['d', 'b', 'c'], ['a', 'b', 'd', 'e']), ['d', 'b', 'a', 'e']);
  assert.deepEqual(keepOrder([], ['a', 'b']), ['a', 'b']);
});

test('A list has the rows in view and a few around them, however long it is', () => {
  const view = { height: 500, rowHeight: 50, overscan: 3 };
  for (const [scrollTop, count, first, end] of [
    [0, 0, 0, 0], [0, 4, 0, 4], [0, 100000, 0, 13], [1000, 100000, 17, 33], [4999950, 100000, 99996, 100000], [5000, 10, 10, 10], [-40, 100, 0, 13],
  ]) assert.deepEqual(visibleRows({ scrollTop, count, ...view }), { first, end }, `${scrollTop} of ${count}`);
});

const crowd = Array.from({ length: 20 }, (_, i) => `p${i}`);
const stage = (order, nowMs, speaking, options = {}) => order.update({ people: crowd, speaking: new Set(speaking), size: 3, nowMs, ...options });

test('On the stage is everybody where there are few, and those who spoke last where there are many', () => {
  const order = new SpeakerOrder();
  assert.deepEqual(stage(order, 0, [], { people: ['a', 'b', 'c'] }), ['a', 'b', 'c']);
  const many = new SpeakerOrder();
  assert.deepEqual(stage(many, 0, []), []);
  assert.deepEqual(stage(many, 100, ['p7']), ['p7']);
  assert.deepEqual(stage(many, 200, ['p7', 'p2']), ['p7', 'p2']);
  assert.deepEqual(stage(many, 9000, []), ['p7', 'p2'], 'silence takes no place away');
});

test('A place changes hands only when its person has been silent for a while, and the others stay where they are', () => {
  const order = new SpeakerOrder();
  stage(order, 0, ['p1']);
  stage(order, 1000, ['p2']);
  stage(order, 2000, ['p3']);
  assert.deepEqual(stage(order, 2500, ['p4']), ['p1', 'p2', 'p3']);
  assert.deepEqual(stage(order, 3500, ['p4']), ['p4', 'p2', 'p3']);
  assert.deepEqual(stage(order, 3600, ['p4', 'p2']), ['p4', 'p2', 'p3']);
});

test('While a pointer or the focus is on the stage nobody gives way or moves, but an empty place is taken', () => {
  const order = new SpeakerOrder();
  stage(order, 0, ['p1', 'p2', 'p3']);
  const isHeld = true;
  assert.deepEqual(stage(order, 60000, ['p4'], { isHeld }), ['p1', 'p2', 'p3']);
  const people = crowd.filter((participant) => participant !== 'p1');
  assert.deepEqual(stage(order, 60100, [], { isHeld, people }), [null, 'p2', 'p3']);
  assert.deepEqual(stage(order, 60200, ['p4'], { isHeld, people }), ['p4', 'p2', 'p3']);
  assert.deepEqual(stage(order, 60300, [], { people: ['p2', 'p3'] }), ['p2', 'p3'], 'let go, the gap closes');
});

test('A window that becomes narrow keeps those heard last, in their order', () => {
  const order = new SpeakerOrder();
  stage(order, 0, ['p1', 'p2', 'p3']);
  stage(order, 500, ['p3']);
  stage(order, 600, ['p1']);
  assert.deepEqual(stage(order, 700, [], { size: 2 }), ['p1', 'p3']);
});
