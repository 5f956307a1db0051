// SPDX-License-Identifier: Apache-2.0
// plugins/metrics: Prometheus' view of a real scrape, the number of series, and whether the numbers are correct.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';
import { measureLoad, startCall } from './harness/command.mjs';
import { assertNothingMissing, judged } from './harness/judged.mjs';
import { tcpPort } from './harness/ports.mjs';
import { allRecordings, Recordings } from './harness/recordings.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const PLUGINS = [
  { name: 'forwarding', required: true, config: { max_speakers: 3 } },
  { name: 'metrics', required: true, serves_metrics: true },
];
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

async function scrape(server, accept = 'text/plain') {
  const response = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${server.key}`, Accept: accept } });
  assert.equal(response.status, 200);
  return { text: await response.text(), type: response.headers.get('content-type') };
}

const samplesOf = (text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** The value of one sample, by its name and labels as written in the text. */
function valueOf(text, sample) {
  const line = samplesOf(text).find((each) => each.startsWith(`${sample} `));
  assert.ok(line, `${sample} is missing`);
  return Number(line.slice(sample.length + 1));
}

/** Name to type of all families. */
function familiesOf(text) {
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
}

/** Starts a Prometheus that scrapes the server every second; returns its URL. */
async function startPrometheus(t, server) {
  const directory = scratch(t, 'prometheus');
  const port = await tcpPort();
  const config = join(directory, 'prometheus.yml');
  writeFileSync(config, JSON.stringify({
    scrape_configs: [{
      job_name: 'veche', scrape_interval: '1s', authorization: { credentials: server.key },
      static_configs: [{ targets: [new URL(server.url).host] }],
    }],
  }));
  const child = spawn('prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${directory}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' });
  const exited = once(child, 'exit');
  atEnd(t, async () => {
    child.kill('SIGTERM');
    await exited;
  });
  return `http://127.0.0.1:${port}`;
}

/** A call in which each talker in turn is new to all listeners. */
const TURNS = { participants: 12, talkers: 1, pattern: 'rotating', turn: 1, pause: 200, silence: 'dtx', slots: 3, 'join-rate': 20 };

test('Prometheus and OpenMetrics find nothing wrong with a scrape, and docs/metrics.md explains all of it', async (t) => {
  const recorder = { name: 'recording', required: true, config: { directory: scratch(t, 'metrics') } };
  const server = await VecheServer.start(t, { plugins: [...PLUGINS, recorder, { name: 'adaptive', required: true }] });
  const load = measureLoad(t, server, { ...TURNS, room: 'call', duration: 4 });
  await server.connected('call', TURNS.participants);
  const recordings = new Recordings(server, 'call');
  const recording = await recordings.start();
  assert.equal(valueOf((await scrape(server)).text, 'veche_plugin_recording_recordings'), 1);
  await recordings.stop(recording);
  await load;
  const { text, type } = await scrape(server);
  const [{ files }] = await allRecordings(server);
  assert.equal(valueOf(text, 'veche_plugin_recording_recordings'), 0);
  assert.equal(valueOf(text, 'veche_plugin_recording_recordings_finished_total'), 1);
  assert.equal(valueOf(text, 'veche_plugin_recording_recordings_failed_total'), 0);
  assert.equal(valueOf(text, 'veche_plugin_recording_recorded_bytes_total'), files.reduce((sum, { bytes }) => sum + bytes, 0));
  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  const judged = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  assert.equal(judged.error, undefined);
  assert.equal(judged.stdout + judged.stderr, '');
  assert.equal(judged.status, 0);

  const open = await scrape(server, OPEN_METRICS);
  assert.match(open.type, /^application\/openmetrics-text; version=1\.0\.0/);
  const parser = 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read;'
    + 'print(sum(len(f.samples) for f in read(sys.stdin.read())))';
  const parsed = spawnSync('/usr/bin/python3', ['-c', parser], { input: open.text, encoding: 'utf8' });
  assert.equal(parsed.status, 0, parsed.stderr);
  assert.equal(Number(parsed.stdout), samplesOf(open.text).length);
  assert.equal(samplesOf(open.text).length, samplesOf(text).length);

  const documented = readFileSync(join(environment.source, 'docs/metrics.md'), 'utf8');
  const explained = new Map([...documented.matchAll(/^\| `([a-z0-9_]+)` \| (\w+) \| \S/gm)].map(([, name, kind]) => [name, kind]));
  assert.deepEqual([...explained].sort(), [...familiesOf(text)].sort());
});

test('There are as many series for 500 rooms as for one', async (t) => {
  const server = await VecheServer.start(t, { plugins: PLUGINS });
  const count = async () => samplesOf((await scrape(server)).text).length;
  await server.createRoom('room-0', {});
  await server.invite('room-0', 'ann');
  const series = await count();
  for (let i = 1; i < 500; i += 1) {
    await server.createRoom(`room-${i}`, {});
    await server.invite(`room-${i}`, `person-${i}`);
  }
  const { text } = await scrape(server);
  assert.equal(valueOf(text, 'veche_rooms'), 500);
  assert.equal(valueOf(text, 'veche_participants'), 500);
  assert.equal(samplesOf(text).length, series);
  t.diagnostic(`${series} series`);
});

/** The bounds of the bucket that the median is in. */
function medianBucket(text, histogram) {
  const buckets = samplesOf(text).filter((line) => line.startsWith(`${histogram}_bucket{`)).map((line) => {
    const [, bound, count] = /le="([^"]+)"\} (\d+)/.exec(line);
    return { bound: bound === '+Inf' ? Infinity : Number(bound), count: Number(count) };
  });
  const half = buckets.at(-1).count / 2;
  const at = buckets.findIndex(({ count }) => count >= half);
  return [at > 0 ? buckets[at - 1].bound : 0, buckets[at].bound];
}

test('What is measured is what the load generator measures', judged(async (t) => {
  const server = await VecheServer.start(t, { plugins: PLUGINS });
  const figures = await measureLoad(t, server, { ...TURNS, room: 'turns', duration: 14, 'expect-no-loss': true });
  assertNothingMissing(figures);
  const { text } = await scrape(server);
  const switches = valueOf(text, 'veche_speaker_switch_seconds_count');
  // A mean would judge the machine: one turn that it delayed moves it.
  const [above, below] = medianBucket(text, 'veche_speaker_switch_seconds').map((seconds) => 1000 * seconds);
  const { onset_ms: onset } = figures.turns;
  t.diagnostic(`switches: server ${switches} of ${above} to ${below} ms, load ${figures.packets.slot_switches} of ${onset.p50.toFixed(2)} ms`);
  assert.ok(onset.p50 > 0.8 * above && onset.p50 < 1.2 * below, `${above} to ${below} ms are not ${onset.p50} ms`);
  const { received, slot_switches: seen } = figures.packets;
  assert.ok(seen >= onset.count && Math.abs(switches - seen) <= 0.05 * seen, `${switches} switches are not ${seen}`);
  const sent = valueOf(text, 'veche_packets_sent_total');
  // The server sends to participants that have left until it notices.
  assert.ok(sent >= received && sent <= 1.01 * received, `${sent} packets were sent, ${received} received`);
  assert.equal(valueOf(text, 'veche_join_phase_seconds_count{phase="dtls"}'), 12);
  assert.ok(valueOf(text, 'veche_forward_latency_seconds_sum') > 0);
  const history = (await server.api('GET', '/v1/plugins/metrics/history')).body.columns;
  assert.ok(history.time_unix_ms.length >= 12, `${history.time_unix_ms.length} rows`);
  assert.equal(Math.max(...history.sessions), 12);
  assert.ok(Math.max(...history.speakers) >= 1);
  assert.ok(Math.max(...history.packets_out_per_s) > 100);
  assert.ok(Math.max(...history.cpu_cores) > 0);
}));

/** The number of packets that were in the server for longer than this, of all that it has forwarded so far. */
function lateOf(text, bound) {
  const all = valueOf(text, 'veche_forward_latency_seconds_count');
  return { all, late: all - valueOf(text, `veche_forward_latency_seconds_bucket{le="${bound}"}`) };
}

test('Scrapes, one after the other, lose no packet and hold none up', judged(async (t) => {
  const [windows, windowMs, bound] = [5, 1000, '0.0005'];
  const server = await VecheServer.start(t, { plugins: PLUGINS });
  const call = startCall(t, server, { room: 'scraped', participants: 20, talkers: 3, silence: 'dtx', slots: 3, 'expect-no-loss': true });
  await server.connected('scraped', 20);
  await delay(1000);
  const shares = { calm: [], scraped: [] };
  let scrapes = 0;
  // Alternating, so that other load on the machine affects both.
  for (let i = 0; i < 2 * windows; i += 1) {
    const before = lateOf((await scrape(server)).text, bound);
    const end = Date.now() + windowMs;
    if (i % 2 === 0) await delay(windowMs);
    else for (; Date.now() < end; scrapes += 1) await scrape(server);
    const after = lateOf((await scrape(server)).text, bound);
    shares[i % 2 === 0 ? 'calm' : 'scraped'].push((after.late - before.late) / (after.all - before.all));
  }
  const figures = await call.leave();
  assertNothingMissing(figures);
  assert.ok(scrapes > 10 * windows, `${scrapes} scrapes`);
  const { text } = await scrape(server);
  const [sumS, count] = ['sum', 'count'].map((name) => valueOf(text, `veche_scrape_duration_seconds_${name}`));
  const busy = (sumS / count) * (scrapes / windows) / (windowMs / 1000); // Fraction of the time in which a scrape was answered.
  const median = (values) => [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)];
  const [calm, scraped] = [median(shares.calm), median(shares.scraped)];
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  t.diagnostic(`${scrapes} scrapes of ${((1000 * sumS) / count).toFixed(2)} ms took ${percent(busy)} of the time; ` +
    `longer than ${bound} s in the server: ${percent(calm)} of the packets, ${percent(scraped)} during scrapes`);
  // If packets had to wait for a scrape, most of those that arrive during one would be late.
  assert.ok(scraped < 2 * calm + busy / 3, `${percent(scraped)} late during scrapes, ${percent(calm)} without`);
}));

test('Prometheus itself scrapes the server', async (t) => {
  const server = await VecheServer.start(t, { plugins: PLUGINS });
  const prometheus = await startPrometheus(t, server);
  const query = async (expression) => {
    const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(() => null);
    return response?.ok ? (await response.json()).data.result[0]?.value[1] : undefined;
  };
  assert.equal(await until('Prometheus has a sample', () => query('veche_build_info')), '1');
  t.diagnostic(`Prometheus has ${await query('count({job="veche"})')} series of the server`);
});
