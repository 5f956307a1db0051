// SPDX-License-Identifier: Apache-2.0
// Recordings that start automatically, end by limits, notify all participants, run a command, and are deleted when they are old.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { buildCpp } from './harness/build_plugin.mjs';
import { runChirpTalker } from './harness/chirping_call.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { scratch } from './harness/scratch.mjs';
import { until } from './harness/until.mjs';
import { environment } from './harness/veche_server.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const execute = promisify(execFile);
const test = concurrentTests(4);

/** A recorder, and the events that a plugin beside it gets. */
async function startHeard(t, config) {
  const file = join(scratch(t), 'events');
  const path = await buildCpp(t, 'events', ['tests/interop/plugins/event_plugin.cpp']);
  const { server, disk } = await startRecorder(t, config, [{ name: 'journal', path, config: { file } }]);
  const events = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)) : []);
  return { server, disk, events };
}

function talk(t, server, room, participant, seconds) {
  const ended = runChirpTalker(t, server, { room, participant, seconds });
  ended.catch(() => {});
  return ended;
}

test('A room is recorded while participants are in it, all of them are told, and a command runs afterwards', async (t) => {
  const said = join(scratch(t), 'said');
  const hook = join(scratch(t), 'hook');
  writeFileSync(hook, `#!/bin/sh\nprintf '%s\\n' "$@" "$VECHE_STATE" > ${said}.part && mv ${said}.part ${said}\n`, { mode: 0o755 });
  const { server, disk, events } = await startHeard(t, {
    name: '{year}/{room}-{id}', idle_timeout_s: 2, hook: [hook, '{directory}', '{id}; rm -rf {room}'] });
  const { status } = await server.api('PUT', '/v1/rooms/board', { recording: { auto: true, modes: ['mix'] } });
  assert.equal(status, 201);
  assert.deepEqual(await allRecordings(server), [], 'nobody is there yet');

  const browser = await launchBrowser(t);
  const ada = await VoicePage.join(browser, server, { name: 'Ada', room: 'board' });
  const dot = ada.page.getByLabel('This room is being recorded');
  await dot.waitFor({ state: 'visible', timeout: 10000 });
  const [running] = await allRecordings(server);
  assert.equal(running.state, 'recording');
  const { body: room } = await server.api('GET', '/v1/rooms/board');
  assert.equal(room.notices.recording.active, true);
  // A participant that joins later learns it from the snapshot.
  const bob = await VoicePage.join(browser, server, { name: 'Bob', room: 'board' });
  const [{ data: snapshot }] = await bob.messages('snapshot');
  assert.equal(snapshot.recording.active, true);
  assert.equal(snapshot.recording.recordings[0].id, running.id);

  const recordings = new Recordings(server, 'board');
  await recordings.stop(running);
  await dot.waitFor({ state: 'hidden', timeout: 5000 });
  assert.equal((await allRecordings(server)).length, 1, 'a stopped recording does not begin again');
  for (const person of [ada, bob]) await person.page.close();

  await until('the command ran', () => existsSync(said));
  const [directory, argument, state] = readFileSync(said, 'utf8').trim().split('\n');
  assert.equal(directory, join(disk.directory, `${new Date().getUTCFullYear()}`, `board-${running.id}`));
  assert.equal(argument, `${running.id}; rm -rf board`, 'no shell has seen it');
  assert.equal(state, 'finished');
  const told = events().filter(({ type }) => type.startsWith('recording.'));
  assert.deepEqual(told.map(({ type }) => type), ['recording.started', 'recording.finished', 'recording.hashed']);
  assert.equal(told[1].data.files[0].name, 'mix.webm');
  assert.equal(told[1].data.files[0].sha256, undefined, 'nobody waits for checksums');
  assert.equal(told[2].data.files[0].sha256, createHash('sha256').update(readFileSync(join(directory, 'mix.webm'))).digest('hex'));
});

test('A recording ends when it is long enough, when the room is empty, and with its room; its event comes all the same', async (t) => {
  const { server, events } = await startHeard(t, { idle_timeout_s: 1 });
  const recordings = new Recordings(server, 'short');
  const talker = talk(t, server, 'short', 'boris', 8);
  await server.connected('short', 1);
  const byTime = await recordings.ended(await recordings.start({ max_duration_s: 2 }));
  assert.deepEqual([byTime.state, byTime.ended_by], ['finished', 'max-duration']);
  // While the talk goes on. recording_writer_test holds the limit to the second, on a clock that no busy machine delays.
  assert.ok(byTime.duration_ms >= 2000 && byTime.duration_ms < 8000, `${byTime.duration_ms} ms`);
  const idle = await recordings.start();
  await talker;
  // It has only fallen silent: only a participant that the server has removed has left the recording.
  assert.equal((await server.api('DELETE', '/v1/rooms/short/participants/boris')).status, 204);
  assert.equal((await recordings.ended(idle)).ended_by, 'idle');

  const other = talk(t, server, 'closing', 'boris', 6);
  await server.connected('closing', 1);
  const closing = new Recordings(server, 'closing');
  const last = await closing.start();
  assert.equal((await server.api('DELETE', '/v1/rooms/closing')).status, 204);
  const closed = await closing.ended(last);
  assert.equal(closed.ended_by, 'room-closed');
  await other.catch(() => {});
  const finished = await until('its event came', () => events().find(({ type, data }) => type === 'recording.finished' && data.id === last.id));
  assert.equal(finished.room, 'closing');
  const numbers = events().filter(({ room }) => room === 'closing').map(({ seq }) => seq);
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'no number is left out');
});

test('The oldest recordings go when all are too large, and a page of the list is as long as asked', async (t) => {
  const { server } = await startRecorder(t);
  const recordings = new Recordings(server, 'many');
  const talker = talk(t, server, 'many', 'boris', 12);
  await server.connected('many', 1);
  const made = [];
  for (let i = 0; i < 3; i += 1) {
    const one = await recordings.start({ max_duration_s: 1 });
    made.push((await recordings.ended(one)).id);
  }
  await talker;
  const page = async (query) => (await server.api('GET', `${recordings.path}?${query}`)).body;
  const first = await page('limit=2');
  assert.deepEqual(first.recordings.map(({ id }) => id), [made[2], made[1]]);
  const second = await page(`limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(second.recordings.map(({ id }) => id), [made[0]]);
  assert.equal(second.next_cursor, '');
  assert.equal((await server.api('GET', `${recordings.path}?limit=none`)).status, 400);

  const sizes = Object.fromEntries((await allRecordings(server)).map((each) => [each.id, each.files.reduce((sum, { bytes }) => sum + bytes, 0)]));
  await server.stop();
  server.changePlugin('recording', { max_total_bytes: sizes[made[2]] + sizes[made[1]] });
  await server.launch();
  await until('the oldest is gone', async () => {
    const left = (await allRecordings(server)).map(({ id }) => id);
    return left.length === 2 && left[0] === made[2] && left[1] === made[1];
  });
});

test('The commands of docs/recording.md do what they say', async (t) => {
  const { server, disk } = await startRecorder(t);
  const document = readFileSync(join(environment.source, 'docs/recording.md'), 'utf8');
  const commands = (kind) => [...document.matchAll(new RegExp(`<!-- test: ${kind} -->\\n\`\`\`sh\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text).join('\n');
  const directory = scratch(t);
  const run = async (script, variables = {}) => (await execute('bash', ['-eu', '-o', 'pipefail', '-c', script], {
    cwd: directory, env: { ...process.env, LD_PRELOAD: '', SERVER: server.url, KEY: server.key, ...variables } })).stdout;

  const talkers = ['alice', 'bob'].map((participant) => talk(t, server, 'lobby', participant, 17));
  await server.connected('lobby', 2);
  const recordings = new Recordings(server, 'lobby');
  const recording = await recordings.start();
  await Promise.all(talkers);
  const manifest = await recordings.stop(recording);
  for (const { name } of [...manifest.files, { name: 'manifest.json' }]) {
    writeFileSync(join(directory, name), (await recordings.download(recording, name)).bytes);
  }
  // In the order in which the example joins them.
  const file = (participant) => manifest.tracks.find((track) => track.participant === participant).file;
  const named = commands('files').replaceAll('audio-1-alice.webm', file('alice')).replaceAll('audio-2-bob.webm', file('bob'));
  const output = await run(named);
  assert.match(output, /codec_name=opus/);
  assert.match(output, /mix\.webm: OK/);
  assert.match(output, /^alice [\d.]+ [\d.]+$/m, 'it says when she spoke');
  const duration = async (name) => Number(await run(`ffprobe -v error -show_entries format=duration -of csv=p=0 ${name}`));
  for (const name of ['both.mkv', 'mixed.webm', 'alice.wav']) {
    assert.ok(Math.abs(await duration(name) * 1000 - manifest.duration_ms) < 300, `${name}: ${await duration(name)} s`);
  }
  const part = await duration('part.webm');
  assert.ok(part > 9 && part < 13, `${part} s`);

  const others = talk(t, server, 'lobby', 'carol', 10);
  await server.connected('lobby', 1);
  const steps = commands('control').trim().split(/\n(?=curl)/);
  const begun = JSON.parse(await run(steps[0]));
  assert.equal(begun.state, 'recording');
  for (const step of steps.slice(1)) await run(step, { ID: begun.id });
  assert.ok(existsSync(join(directory, 'mix.webm')));
  assert.equal((await server.api('GET', `${recordings.path}/${begun.id}`)).status, 404, 'it was deleted');
  await run(commands('policy'));
  assert.equal((await server.api('GET', '/v1/rooms/board')).body.recording.auto, true);
  await others;
  assert.ok(disk.soundFiles().length > 0);
});
