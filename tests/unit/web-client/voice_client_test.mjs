// SPDX-License-Identifier: Apache-2.0
// A VoiceClient in virtual time, with a backend that decides, an SFU that fails, and a mesh.

import assert from 'node:assert/strict';
import test from 'node:test';

import { VoiceClient } from '../../../clients/web/src/mesh/index.js';
import { fakeRoom, microphone, pseudoRandom } from './fake_mesh.mjs';
import { VirtualTime } from './virtual_time.mjs';

async function setUp(t, { transport = 'sfu', names = ['ann', 'bob'] } = {}) {
  const time = new VirtualTime(t);
  const room = fakeRoom(t);
  room.backend.transport = { transport, reason: 'percentage', number: 1, settled: true };
  const pages = {};
  const enter = async (name, options = {}) => {
    const source = microphone();
    const page = { source, track: source.getAudioTracks()[0], states: [], transports: [], problems: [], invitations: 0, outcome: 'waits' };
    const invite = async () => {
      page.invitations += 1;
      const isSfu = room.backend.transport.transport === 'sfu';
      return { server: 'http://veche.test', participant: { id: name }, token: isSfu ? `T${page.invitations}` : null, ice_servers: [{ urls: 'turn:x' }],
        signalling: `/mesh?as=${name}` };
    };
    page.client = new VoiceClient({ room: 'team', invite, random: pseudoRandom(name.charCodeAt(0)), ...options });
    page.client.addEventListener('state', ({ detail: { state, reason } }) => page.states.push(`${state} ${reason}`.trim()));
    page.client.addEventListener('transport', ({ detail }) => page.transports.push(`${detail.transport} ${detail.reason}`));
    page.client.addEventListener('problem', ({ detail }) => page.problems.push(detail.code));
    page.client.join(source).then(() => { page.outcome = 'joined'; }, (error) => { page.outcome = error; });
    pages[name] = page;
    await time.advance(100);
    return page;
  };
  for (const name of names) await enter(name);
  return { time, pages, enter, ...room };
}

const heard = ({ client }) => [...client.levels().keys()].sort();

test('It joins by the transport that the backend names, and says so', async (t) => {
  for (const transport of ['sfu', 'mesh']) {
    const { pages: { ann, bob }, backend, network } = await setUp(t, { transport });
    for (const page of [ann, bob]) {
      assert.deepEqual([page.outcome, page.client.transport, page.client.state], ['joined', transport, 'connected']);
      assert.deepEqual([page.states, page.transports], [['connecting', 'connected'], [`${transport} percentage`]]);
    }
    assert.deepEqual([heard(ann), heard(bob)], [['bob'], ['ann']]);
    assert.deepEqual([...ann.client.roster.keys()].sort(), ['ann', 'bob']);
    assert.equal(ann.client.self.participant, 'ann');
    assert.deepEqual(backend.taken.filter(([type]) => type === 'using').map(([, data]) => data.transport), [transport, transport]);
    assert.equal(network.connections.length, 2, 'nothing is made of the other one');
    assert.equal(ann.invitations, 1, 'what was asked for is used');
  }
});

test('When the SFU is lost it goes on in the mesh, and returns', async (t) => {
  const { time, pages: { ann, bob }, backend, sfu } = await setUp(t);
  sfu.kill();
  await time.advance(700);
  backend.switch('mesh', 'sfu-unreachable', { lost_ms: 700 });
  await time.advance(300);
  assert.deepEqual([heard(ann), heard(bob)], [['bob'], ['ann']]);
  assert.deepEqual([ann.transports.at(-1), ann.client.state], ['mesh sfu-unreachable', 'connected']);
  const { gap_ms: gapMs } = backend.taken.filter(([type]) => type === 'using').at(-1)[1];
  assert.ok(gapMs >= 700 && gapMs <= 1000, `${gapMs}`);
  backend.settle();
  await time.advance(60000);
  assert.equal(ann.track.readyState, 'live', 'the microphone is the page\'s own');
  assert.deepEqual(ann.track.clones.map(({ readyState }) => readyState), ['ended', 'live'], 'each transport had a track of its own');
  sfu.isUp = true;
  backend.switch('sfu', 'sfu-returned');
  await time.advance(100);
  assert.deepEqual([ann.transports.at(-1), heard(ann)], ['sfu sfu-returned', ['bob']]);
  backend.settle();
  await time.advance(1500);
  assert.deepEqual([heard(ann), heard(bob), ann.client.state], [['bob'], ['ann'], 'connected']);
  assert.ok(ann.invitations > 1, 'with a new token');
});

test('A room that comes to the SFU later asks for a token of then', async (t) => {
  const { time, pages: { ann, bob }, backend } = await setUp(t, { transport: 'mesh' });
  await time.advance(3600000);
  backend.switch('sfu', 'percentage');
  await time.advance(200);
  assert.deepEqual([ann.client.transport, bob.client.transport, ann.invitations], ['sfu', 'sfu', 2]);
});

test('A mute holds on both sides, and is that of the microphone too', async (t) => {
  const { time, pages: { ann, bob }, backend } = await setUp(t);
  await ann.client.setMuted(true);
  await time.settle();
  assert.deepEqual([ann.track.enabled, ann.client.silencedBy, heard(bob)], [false, 'self', []]);
  assert.equal(backend.entry('ann').muted_by_self, true, 'the mesh knows before there is one');
  backend.switch('mesh', 'kill-switch');
  await time.advance(1000);
  backend.settle();
  await time.advance(2000);
  assert.deepEqual([heard(bob), ann.client.silencedBy, ann.track.enabled], [[], 'self', false]);
  await ann.client.setMuted(false);
  assert.deepEqual([heard(bob), ann.track.enabled], [['ann'], true]);
  backend.mute('ann', true);
  await time.settle();
  assert.deepEqual([heard(bob), ann.client.silencedBy, ann.track.enabled], [[], 'backend', false]);
});

test('What was set before the call holds in it', async (t) => {
  const { time, enter, backend } = await setUp(t, { names: [], transport: 'mesh' });
  const ann = await enter('ann');
  ann.client.leave();
  await ann.client.setMuted(true);
  ann.client.pushToTalk = true;
  ann.client.join(microphone());
  await time.advance(100);
  assert.deepEqual([ann.client.muted, backend.entry('ann').muted_by_self, ann.client.pushToTalk], [true, true, true]);
});

test('Another microphone is sent by both while the page goes from one to the other', async (t) => {
  const { time, pages: { ann, bob }, backend } = await setUp(t);
  backend.switch('mesh', 'kill-switch');
  await time.advance(200);
  const other = microphone();
  await ann.client.setMicrophone(other);
  ann.track.stop();
  await time.advance(200);
  assert.deepEqual(heard(bob), ['ann']);
  backend.settle();
  await time.advance(2000);
  assert.deepEqual(heard(bob), ['ann']);
});

test('A refusal of the backend ends the attempt, with its reason', async (t) => {
  const { enter } = await setUp(t, { names: [] });
  for (const [type, reason] of [['/problems/participant-removed', 'removed'], ['about:blank', 'refused']]) {
    const error = Object.assign(new Error('no'), { type });
    const page = await enter('ann', { invite: async () => { throw error; } });
    assert.equal(page.outcome, error);
    assert.deepEqual(page.states, ['connecting', `closed ${reason}`]);
    assert.equal(page.track.readyState, 'ended');
  }
});

test('A signalling that does not open asks the backend why', async (t) => {
  const { time, enter, backend } = await setUp(t, { names: [] });
  backend.isUp = false;
  const page = await enter('ann');
  await time.advance(60000);
  assert.equal(page.outcome.message, 'The backend cannot be reached');
  assert.deepEqual(page.states, ['connecting', 'closed refused']);
});

test('What ends the participation ends the call in either transport', async (t) => {
  const { time, pages: { ann, bob }, backend } = await setUp(t);
  backend.sockets.get('ann').receive({ type: 'closing', data: { reason: 'removed', detail: 'noise' } });
  await time.advance(100);
  assert.deepEqual([ann.states.at(-1), ann.track.readyState, ann.client.transport], ['closed removed', 'ended', null]);
  backend.tell('closing', { reason: 'room_closed', detail: '' });
  await time.advance(100);
  assert.equal(bob.states.at(-1), 'closed room_closed');
});

test('A page that goes away leaves both', async (t) => {
  const { time, pages: { ann, bob }, page, backend, sfu } = await setUp(t);
  backend.switch('mesh', 'kill-switch');
  await time.advance(100);
  page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }));
  await time.advance(100);
  assert.deepEqual([ann.states.at(-1), bob.states.at(-1)], ['closed left', 'closed left']);
  assert.deepEqual([backend.sockets.size, sfu.connections.size], [0, 0]);
});

test('A page that leaves may keep its microphone, and join with it again', async (t) => {
  const { time, pages: { ann, bob } } = await setUp(t, { transport: 'mesh' });
  ann.client.leave({ keepMicrophone: true });
  await time.advance(100);
  assert.deepEqual([ann.track.readyState, heard(bob)], ['live', []]);
  ann.client.join(ann.source);
  await time.advance(100);
  assert.deepEqual([ann.client.state, heard(bob)], ['connected', ['ann']]);
});

test('A page that leaves while it joins has not joined', async (t) => {
  const { time, enter, backend } = await setUp(t, { names: [] });
  const late = enter('ann');
  await time.settle();
  const page = await late;
  page.client.leave();
  page.client.join(microphone());
  page.client.leave();
  await time.advance(1000);
  assert.deepEqual([page.client.state, backend.sockets.size], ['closed', 0]);
});

test('A page that the SFU does not let in is told whether it is alone with that', async (t) => {
  const { time, enter, backend, sfu } = await setUp(t, { names: [] });
  sfu.isUp = false;
  const page = await enter('ann');
  await time.advance(100);
  assert.ok(backend.taken.some(([type]) => type === 'unreachable'));
  assert.equal(page.outcome, 'waits');
  backend.tell('alone', {});
  await time.settle();
  assert.deepEqual(page.problems, ['unreachable']);
  sfu.isUp = true;
  await time.advance(2000);
  assert.deepEqual([page.outcome, page.client.transport], ['joined', 'sfu']);
});

test('A page that lost the SFU, and gets no token because its room uses the mesh now, is told of no problem', async (t) => {
  const { time, pages: { ann }, backend, sfu } = await setUp(t);
  backend.transport = { ...backend.transport, transport: 'mesh' };
  sfu.kill();
  sfu.isUp = true;
  await time.advance(5000);
  assert.deepEqual([ann.problems, ann.client.state], [[], 'reconnecting']);
  backend.switch('mesh', 'kill-switch');
  await time.advance(200);
  assert.deepEqual([ann.client.transport, ann.client.state], ['mesh', 'connected']);
});

test('A room that went to the mesh meanwhile refuses a token, and ends nothing', async (t) => {
  const { time, enter, backend, sfu } = await setUp(t, { names: [] });
  sfu.isUp = false;
  const page = await enter('ann');
  backend.transport = { ...backend.transport, transport: 'mesh' }; // The page has not been told yet.
  await time.advance(3000);
  assert.equal(page.outcome, 'waits');
  backend.switch('mesh', 'sfu-unreachable');
  await time.advance(100);
  assert.deepEqual([page.outcome, page.transports], ['joined', ['mesh sfu-unreachable']]);
});
