// SPDX-License-Identifier: Apache-2.0
// The files of recordings over the API: browsers play and seek them, hostile requests find nothing, deleted ones are gone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { runChirpTalker } from './harness/chirping_call.mjs';
import { concurrentTests } from './harness/concurrent_tests.mjs';
import { allRecordings, Recordings, startRecorder } from './harness/recordings.mjs';
import { delay } from './harness/until.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const test = concurrentTests(3);

test('Files are played and sought by a browser, and ranges are what they say', async (t) => {
  const { server } = await startRecorder(t);
  const recordings = new Recordings(server, 'browser');
  const talker = runChirpTalker(t, server, { room: 'browser', participant: 'boris', seconds: 8 });
  talker.catch(() => {});
  await server.connected('browser', 1);
  const recording = await recordings.start();
  await talker;
  const manifest = await recordings.stop(recording);
  const paths = await recordings.downloadAll(t, manifest);
  const browser = await launchBrowser(t);
  const page = await browser.newPage();
  await page.goto(`${server.url}/healthz`);
  for (const { name, duration_ms: durationMs } of manifest.files) {
    const whole = readFileSync(paths[name]);
    const played = await page.evaluate(async ({ data }) => {
      const audio = new Audio(`data:audio/webm;base64,${data}`);
      const happened = (type) => new Promise((resolve, reject) => {
        audio.addEventListener(type, resolve, { once: true });
        audio.addEventListener('error', () => reject(new Error(audio.error.message)), { once: true });
      });
      await happened('loadedmetadata');
      audio.currentTime = audio.duration / 2;
      await happened('seeked');
      return { durationMs: audio.duration * 1000, currentTimeMs: audio.currentTime * 1000 };
    }, { data: whole.toString('base64') });
    assert.ok(Math.abs(played.durationMs - durationMs) < 100, `${name}: ${JSON.stringify(played)} of ${durationMs} ms`);
    assert.ok(Math.abs(played.currentTimeMs - durationMs / 2) < 100, `${name}: ${JSON.stringify(played)}`);
    for (const [range, from, to] of [['bytes=0-99', 0, 100], ['bytes=100-', 100, whole.length], ['bytes=-50', whole.length - 50, whole.length]]) {
      const part = await recordings.download(manifest, name, range);
      assert.equal(part.status, 206, range);
      assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`);
      assert.ok(part.bytes.equals(whole.subarray(from, to)), range);
    }
    assert.equal((await recordings.download(manifest, name, `bytes=${whole.length}-`)).status, 416);
  }
});

test('Hostile names and ranges find nothing, and the server serves on', async (t) => {
  const { server } = await startRecorder(t);
  const recordings = new Recordings(server, 'hostile');
  const talker = runChirpTalker(t, server, { room: 'hostile', participant: 'boris', seconds: 8 });
  talker.catch(() => {});
  await server.connected('hostile', 1);
  const recording = await recordings.start();
  const secrets = ['..%2f..%2f..%2fetc%2fpasswd', '%2e%2e%2fmanifest.json', '..', '.', '%00', 'a%00.webm', '%2fetc%2fpasswd', '....%2f%2f', '~', 'x'.repeat(5000)];
  for (const name of secrets) {
    for (const path of [`${recordings.path}/${recording.id}/files/${name}`, `${recordings.path}/${name}`, `${recordings.path}/${name}/files/${name}`]) {
      for (const method of ['GET', 'DELETE']) {
        const { status } = await server.api(method, path);
        assert.ok(status >= 400 && status < 500, `${method} ${path.slice(0, 200)}: ${status}`);
      }
    }
  }
  for (const body of [{ modes: ['films'] }, { modes: [] }, { kinds: ['smell'] }, { max_duration_s: -1 }, { max_bytes: 'many' }, { modes: 'mix' }]) {
    const { status } = await server.api('POST', recordings.path, body);
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(body)}: ${status}`);
  }
  await talker;
  const manifest = await recordings.stop(recording);
  const [{ name }] = manifest.files;
  for (const range of ['bytes=9-1', 'bytes=--1', 'bytes=99999999999999999999-', 'lines=1-2', 'bytes=0-1,4-5,7-', `bytes=${'0-,'.repeat(2000)}`]) {
    const { status } = await recordings.download(manifest, name, range);
    assert.ok([200, 206, 400, 416, 431].includes(status), `${range.slice(0, 40)}: ${status}`);
  }
});

test('A recording is deleted with all its files, while it records too', async (t) => {
  const { server, disk } = await startRecorder(t);
  const recordings = new Recordings(server, 'deleted');
  const talker = runChirpTalker(t, server, { room: 'deleted', participant: 'boris', seconds: 10 });
  talker.catch(() => {});
  await server.connected('deleted', 1);
  const first = await recordings.start();
  await delay(2000);
  await recordings.stop(first);
  assert.ok(disk.soundFiles().length >= 2);
  const second = await recordings.start();
  await delay(2000);
  for (const { id } of [first, second]) {
    const { status } = await server.api('DELETE', `${recordings.path}/${id}`);
    // A recorder may ask to be stopped first.
    if (status === 409) {
      await recordings.stop({ id });
      assert.equal((await server.api('DELETE', `${recordings.path}/${id}`)).status, 204);
    } else assert.equal(status, 204);
    assert.equal((await server.api('GET', `${recordings.path}/${id}`)).status, 404);
  }
  assert.deepEqual(disk.soundFiles(), []);
  assert.deepEqual(await allRecordings(server), []);
  await talker;
});
