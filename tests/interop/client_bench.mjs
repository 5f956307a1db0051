// SPDX-License-Identifier: Apache-2.0
// What the client costs in a real Chromium, in a room of 100 and beside meshes: prints tables. It judges no time: other programs of the machine disturb it.
// Usage: client_bench.mjs [--seconds N] [--people N] [--json FILE] [--svg FILE] [--docs FOLDER] [SCENARIO|latency]...

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureLatency } from './client_bench/latency.mjs';
import { measure, within } from './client_bench/measure.mjs';
import { plot } from './client_bench/plot.mjs';
import { costTable, goalTable, latencyTable } from './client_bench/report.mjs';
import { scenarios } from './client_bench/scenarios.mjs';
import { startCall } from './harness/command.mjs';
import { until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';

const ROOM = 'budget';
const MARKS = ['<!-- The tables are made by `make bench-client WRITE=1`. -->', '<!-- End of the tables. -->'];
const JOINS_PER_S = 10;
/** Chirps come twice in five seconds. */
const LATENCY = 6;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '12' }, people: { type: 'string', default: '100' }, json: { type: 'string' }, svg: { type: 'string' },
    docs: { type: 'string' } },
});
const seconds = Number(values.seconds);
const latencySeconds = LATENCY * seconds;
const people = Number(values.people);
const wanted = (name) => positionals.length === 0 || positionals.includes(name);
const began = Date.now();
const say = (text) => console.error(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);

/** The crowd of the room, who join at once. Resolves when they are all there. */
async function gather(t, server) {
  startCall(t, server, {
    room: ROOM, participants: people - 1, talkers: 3, pattern: 'rotating', slots: 3, silence: 'dtx', 'join-rate': JOINS_PER_S, 'name-prefix': 'crowd' });
  await until(`${people - 1} have joined`, async () => {
    const { body } = await server.api('GET', `/v1/rooms/${ROOM}`);
    return body.participants >= people - 1;
  }, 60000);
}

/** While the crowd joins: what the page is told of it. */
async function watchJoins(t, server, page) {
  const before = await page.signalling();
  await gather(t, server);
  await until('the page knows of all of them', () => page.page.evaluate((count) => window.bench.client.participants >= count, people - 1));
  const after = await page.signalling();
  return { joins: { messages: after.messages - before.messages, bytes: after.bytes - before.bytes } };
}

/** The scenarios that were asked for, by name, and what `watchJoins` saw if the room was among them. */
async function measureAll(t, server) {
  const results = {};
  let joins;
  let isGathered = false;
  for (const [name, scenario] of Object.entries(scenarios(ROOM)).filter(([each]) => wanted(each))) {
    say(scenario.label);
    const watchesJoins = name === 'room';
    if (scenario.needsCrowd && !isGathered && !watchesJoins) await gather(t, server);
    isGathered ||= scenario.needsCrowd;
    const { joins: seen, ...figures } = await measure(server, name, scenario, {
      seconds, meanwhile: watchesJoins ? (page) => watchJoins(t, server, page) : undefined });
    results[name] = figures;
    joins ??= seen;
  }
  return { results, joins };
}

async function measureEverything(t) {
  const server = await VecheServer.start(t);
  const { results, joins } = await within((part) => measureAll(part, server));
  if (!wanted('latency')) return { results, joins };
  say('Latency');
  return { results, joins, latency: await measureLatency(t, server, { people, seconds: latencySeconds }) };
}

/** All tables, as Markdown. */
function textOf({ results, latency, joins }) {
  const [{ model }] = cpus();
  const [{ version } = {}] = Object.values(results);
  const load = loadavg().map((each) => each.toFixed(1)).join(', ');
  const head = `Chromium ${version}, a room of ${people}, ${seconds} s each, on ${cpus().length} cores of ${model.trim()}; load of the machine at the end ${load}`;
  return [head, goalTable({ results, latency, joins }), costTable(results), ...(latency ? [latencyTable(latency)] : [])].join('\n\n');
}

/** Puts tables and plot into the documentation. */
function document(folder, text, svg) {
  const file = join(folder, 'budget.md');
  const [before, rest] = readFileSync(file, 'utf8').split(MARKS[0]);
  writeFileSync(file, `${before}${MARKS[0]}\n${text}\n${MARKS[1]}${rest.split(MARKS[1])[1]}`);
  writeFileSync(join(folder, 'budget.svg'), svg);
}

const measured = await within(measureEverything);
const [text, svg] = [textOf(measured), plot(measured.results)];
console.log(text);
if (values.json) writeFileSync(values.json, JSON.stringify(measured, null, 1));
if (values.svg) writeFileSync(values.svg, svg);
if (values.docs) document(values.docs, text, svg);
say('Done');
