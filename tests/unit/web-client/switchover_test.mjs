// SPDX-License-Identifier: Apache-2.0
// From one transport to the other, in virtual time: who is heard by which, when the former one is closed, and what the backend is told.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Handover } from '../../../clients/web/src/mesh/handover.js';
import { Switchover } from '../../../clients/web/src/mesh/switchover.js';
import { VirtualTime } from './virtual_time.mjs';

/** One of the two clients, as a test says. */
class FakeClient extends EventTarget {
  state = 'closed';
  roster = new Map();
  self = null;
  isComplete = false;
  audible = [];
  volumes = new Map();
  joins = 0;
  renewals = 0;
  leaves = 0;

  levels() {
    return new Map(this.state === 'closed' ? [] : this.audible.map((participant) => [participant, 0.5]));
  }

  setVolume(participant, volume) {
    this.volumes.set(participant, volume);
  }

  async join(microphone) {
    this.joins += 1;
    this.microphone = microphone;
    this.become('connecting');
  }

  renew() {
    this.renewals += 1;
  }

  leave() {
    this.leaves += 1;
    this.become('closed', { reason: 'left' });
  }

  become(state, detail = {}) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(Object.assign(new Event('state'), { detail: { state, reason: '', detail: '', error: null, ...detail } }));
  }
}

function setUp(t) {
  const time = new VirtualTime(t);
  const clients = { sfu: new FakeClient(), mesh: new FakeClient() };
  const log = [];
  const told = [];
  const switchover = new Switchover({
    clients,
    lend: () => 'a loan',
    tell: (type, data) => told.push(data ? [type, data.transport, data.number] : [type]),
    onReady: (change) => log.push(change ? `${change.transport} ${change.reason} ${change.gapMs}` : 'again'),
    onTrouble: ({ reason }) => log.push(`trouble: ${reason}`),
    onProblem: ({ code }) => log.push(`problem: ${code}`),
    onEnd: (reason, { detail, error }) => log.push(['end', reason, detail, error?.message].filter(Boolean).join(' ')),
  });
  let number = 0;
  /** The backend decides. */
  const decide = (transport, reason = 'percentage', more = {}) => switchover.follow({ transport, reason, number: (number += 1), settled: false, ...more });
  const people = (...names) => new Map(names.map((name) => [name, { participant: name }]));
  /** In a call by that transport, which hears these. */
  const talk = async (transport, ...names) => {
    decide(transport);
    Object.assign(clients[transport], { roster: people(...names), audible: names, isComplete: true, self: {} });
    clients[transport].become('connected');
    await time.advance(50);
    switchover.settle(number);
    log.length = told.length = 0;
  };
  return { time, ...clients, switchover, log, told, decide, talk, people, number: () => number };
}

/** By which of the two a participant is heard. */
const heardBy = (participant, { sfu, mesh }) =>
  Object.entries({ sfu, mesh })
    .filter(([, { state, audible, volumes }]) => state !== 'closed' && audible.includes(participant) && (volumes.get(participant) ?? 1) > 0)
    .map(([name]) => name);

test('The first transport is told when it works', async (t) => {
  const { time, sfu, mesh, log, told, decide, switchover } = setUp(t);
  decide('sfu');
  assert.deepEqual([sfu.joins, sfu.microphone, mesh.joins], [1, 'a loan', 0]);
  sfu.become('connected');
  assert.deepEqual([log, told, switchover.transport], [['sfu percentage 0'], [['using', 'sfu', 1]], 'sfu']);
  await time.advance(60000);
  assert.equal(told.length, 1);
});

test('The former transport plays until each participant is heard by the new one, and is closed when all have switched', async (t) => {
  const call = setUp(t);
  const { time, sfu, mesh, log, told, decide, talk, switchover, people, number } = call;
  await talk('mesh', 'bob', 'chen');
  decide('sfu', 'flag');
  assert.deepEqual([mesh.leaves, mesh.state], [0, 'connected']);
  Object.assign(sfu, { roster: people('bob', 'chen') });
  sfu.become('connected');
  assert.deepEqual([log, told.at(-1)], [['sfu flag 0'], ['using', 'sfu', number()]]);
  await time.advance(500);
  assert.deepEqual(heardBy('bob', call), ['mesh'], 'nothing of it has come by the other way');
  sfu.audible = ['bob'];
  await time.advance(50);
  assert.deepEqual([heardBy('bob', call), heardBy('chen', call)], [['sfu'], ['mesh']]);
  await time.advance(20000);
  assert.equal(mesh.leaves, 0, 'others still need it');
  switchover.settle(number());
  await time.advance(3900);
  assert.deepEqual([mesh.leaves, heardBy('chen', call)], [0, ['mesh']], 'chen talks, and has no slot');
  await time.advance(200);
  assert.equal(mesh.leaves, 1);
  sfu.audible = ['bob', 'chen'];
  assert.deepEqual([heardBy('bob', call), heardBy('chen', call)], [['sfu'], ['sfu']]);
});

test('Those who are silent keep the former transport for a moment only', async (t) => {
  const { time, sfu, mesh, decide, talk, switchover, number } = setUp(t);
  await talk('sfu', 'bob');
  sfu.audible = [];
  decide('mesh', 'kill-switch');
  Object.assign(mesh, { self: {}, isComplete: true, audible: [] });
  await time.advance(100);
  switchover.settle(number());
  await time.advance(900);
  assert.equal(sfu.leaves, 0);
  await time.advance(200);
  assert.equal(sfu.leaves, 1);
  mesh.audible = ['bob'];
  assert.deepEqual(heardBy('bob', { sfu, mesh }), ['mesh']);
});

test('A mesh works when all are connected, or after three seconds without some of them', async (t) => {
  const { time, mesh, log, decide } = setUp(t);
  decide('mesh');
  await time.advance(2000);
  mesh.self = {};
  await time.advance(900);
  assert.deepEqual(log, []);
  await time.advance(200);
  assert.deepEqual(log, ['mesh percentage 0']);
});

test('The silence of a server that was lost is counted, and none where it still plays', async (t) => {
  for (const [audible, gap] of [[[], 1060], [['bob'], 0]]) {
    const { time, sfu, mesh, log, decide, talk } = setUp(t);
    await talk('sfu', 'bob');
    Object.assign(sfu, { audible });
    decide('mesh', 'sfu-unreachable', { because: 'sfu-unreachable', lost_ms: 700 });
    await time.advance(330);
    Object.assign(mesh, { self: {}, isComplete: true, audible: ['bob'] });
    await time.advance(40);
    assert.deepEqual(log, [`mesh sfu-unreachable ${gap}`]);
  }
});

test('A client that noticed the loss before the backend counts from then', async (t) => {
  const { time, sfu, mesh, log, decide, talk } = setUp(t);
  await talk('sfu', 'bob');
  sfu.audible = [];
  sfu.become('reconnecting', { reason: 'events lost' });
  await time.advance(2000);
  decide('mesh', 'sfu-unreachable', { lost_ms: 100 });
  Object.assign(mesh, { self: {}, isComplete: true });
  await time.advance(50);
  assert.deepEqual(log, ['trouble: events lost', 'mesh sfu-unreachable 2040']);
});

test('A loss that is over counts for no later switch', async (t) => {
  const { time, sfu, mesh, log, decide, talk } = setUp(t);
  await talk('sfu', 'bob');
  sfu.become('reconnecting', { reason: 'events lost' });
  await time.advance(1000);
  sfu.become('connected');
  Object.assign(sfu, { audible: [] }); // Nobody talks.
  await time.advance(5000);
  decide('mesh', 'kill-switch');
  Object.assign(mesh, { self: {}, isComplete: true });
  await time.advance(50);
  assert.equal(log.at(-1), 'mesh kill-switch 0');
});

test('A switch that is taken back half-way goes back to what still plays', async (t) => {
  const call = setUp(t);
  const { time, sfu, mesh, decide, talk, switchover, number } = call;
  await talk('sfu', 'bob', 'chen');
  decide('mesh', 'kill-switch');
  Object.assign(mesh, { self: {}, isComplete: true, audible: ['bob'] });
  mesh.become('connected');
  await time.advance(100);
  assert.deepEqual([heardBy('bob', call), heardBy('chen', call)], [['mesh'], ['sfu']]);
  decide('sfu');
  assert.equal(sfu.joins, 1, 'it has never left');
  await time.advance(100);
  assert.deepEqual([heardBy('bob', call), heardBy('chen', call)], [['sfu'], ['sfu']]);
  switchover.settle(number());
  await time.advance(1500);
  assert.deepEqual([mesh.leaves, sfu.leaves], [1, 0]);
});

test('A mesh that has not been closed yet is made anew: the others may have closed theirs', async (t) => {
  const { time, sfu, mesh, decide, talk } = setUp(t);
  await talk('mesh', 'bob');
  decide('sfu');
  sfu.become('connected');
  await time.advance(100);
  decide('mesh', 'kill-switch');
  assert.deepEqual([mesh.renewals, mesh.joins, mesh.leaves], [1, 1, 0]);
});

test('A page that does not reach the SFU says so, again and again, and stays in the mesh as long as there is one', async (t) => {
  const { time, sfu, mesh, log, told, decide, talk, switchover, number } = setUp(t);
  await talk('mesh', 'bob');
  decide('sfu');
  for (let i = 0; i < 3; i += 1) {
    sfu.become('closed', { reason: 'refused', error: { code: 'unreachable', message: 'no way' } });
    await time.advance(1600);
  }
  assert.equal(sfu.joins, 4);
  assert.deepEqual(told.slice(0, 3), [['unreachable'], ['unreachable'], ['unreachable']]);
  switchover.beAlone();
  switchover.beAlone();
  assert.deepEqual(log, ['problem: unreachable'], 'once');
  assert.equal(mesh.leaves, 0);
  switchover.settle(number());
  assert.deepEqual(log.at(-1), 'trouble: unreachable', 'the others have left the mesh');
  told.length = 0;
  await time.advance(20000);
  assert.equal(mesh.leaves, 0, 'it is better than nothing');
  assert.ok(told.length >= 3 && told.every(([type]) => type === 'unreachable'));
  sfu.become('connected');
  assert.equal(log.at(-1), 'sfu percentage 0');
});

test('A server that does not connect is reported after a while', async (t) => {
  const { time, sfu, told, talk } = setUp(t);
  await talk('sfu', 'bob');
  sfu.become('reconnecting', { reason: 'connection lost' });
  await time.advance(2400);
  assert.deepEqual(told, []);
  await time.advance(200);
  assert.deepEqual(told, [['unreachable']]);
  sfu.become('connected');
  assert.deepEqual(told.at(-1), ['using', 'sfu', 1]);
  await time.advance(20000);
  assert.equal(told.length, 2);
});

test('A page whose mesh still plays gives a slow server eight seconds, however often it is refused meanwhile', async (t) => {
  const { time, sfu, told, decide, talk } = setUp(t);
  await talk('mesh', 'bob');
  decide('sfu', 'sfu-returned');
  for (let i = 0; i < 4; i += 1) {
    await time.advance(400);
    sfu.become('closed', { reason: 'refused', error: { code: 'refused' } });
    await time.advance(1500);
  }
  await time.advance(300);
  assert.deepEqual(told, []);
  await time.advance(200);
  assert.deepEqual(told, [['unreachable']]);
  sfu.become('connected');
  assert.equal(told.length, 2);
});

test('What ends the participation ends the call, whatever the transport', async (t) => {
  for (const [reason, error, expected] of [
    ['removed', null, 'end removed noise'], ['replaced', null, 'end replaced noise'], ['room_closed', null, 'end room_closed noise'],
    ['refused', { type: '/problems/participant-removed', message: 'out' }, 'end removed out'],
    ['refused', { type: '/problems/not-found', message: 'none' }, 'end room_closed none']]) {
    const { sfu, log, talk } = setUp(t);
    await talk('sfu', 'bob');
    sfu.become('closed', { reason, detail: 'noise', error });
    assert.deepEqual(log, [expected]);
  }
});

test('A backend that says the same again is told again what this page uses', async (t) => {
  const { told, log, decide, talk } = setUp(t);
  await talk('mesh', 'bob');
  decide('mesh', 'kill-switch');
  assert.deepEqual([told, log], [[['using', 'mesh', 2]], []]);
});

test('After its end it does nothing any more', async (t) => {
  const { time, sfu, mesh, told, log, decide, talk, switchover } = setUp(t);
  await talk('sfu', 'bob');
  decide('mesh');
  switchover.stop();
  assert.deepEqual([sfu.leaves, mesh.leaves], [1, 1]);
  told.length = log.length = 0;
  await time.advance(60000);
  assert.deepEqual([told, log], [[], []]);
});

test('Volumes that a person has set hold on both sides of a switch', async (t) => {
  const { time, sfu, mesh, decide, talk, switchover, number } = setUp(t);
  await talk('sfu', 'bob');
  switchover.setVolume('bob', 0.4);
  decide('mesh');
  assert.deepEqual([sfu.volumes.get('bob'), mesh.volumes.get('bob')], [0.4, 0]);
  Object.assign(mesh, { self: {}, isComplete: true, audible: ['bob'] });
  mesh.become('connected');
  await time.advance(50);
  assert.deepEqual([sfu.volumes.get('bob'), mesh.volumes.get('bob')], [0, 0.4]);
  switchover.setVolume('bob', 0.6);
  assert.deepEqual([sfu.volumes.get('bob'), mesh.volumes.get('bob')], [0, 0.6]);
  switchover.settle(number());
  await time.advance(1200);
  assert.deepEqual([sfu.volumes.get('bob'), mesh.volumes.get('bob')], [0.6, 0.6]);
});

test('A handover that nobody settles ends after half a minute', () => {
  const handover = new Handover('sfu', ['bob'], 0);
  assert.equal(handover.isOver([], 29999), false);
  assert.equal(handover.isOver(['bob'], 30000), true);
  assert.deepEqual(handover.cross(['bob', 'eve']), ['bob']);
  assert.deepEqual([handover.isHeard('eve', 'sfu'), handover.isHeard('eve', 'mesh')], [true, true], 'one that came meanwhile');
});
