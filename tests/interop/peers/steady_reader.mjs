// SPDX-License-Identifier: Apache-2.0
// A backend that reads at a steady rate, however slow the answers are, in a thread of its own.

import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { url, key, paths, perS } = workerData;
const TICK_MS = 2;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const headers = { Authorization: `Bearer ${key}` };
let samples = [];
let begun = 0;

/** The time of an answer counts from the moment at which the read was due. */
function read(due) {
  const done = (status) => samples.push({ at: performance.timeOrigin + due, ms: performance.now() - due, status });
  get(url + paths[begun % paths.length], { agent, headers }, (response) => {
    response.resume().once('end', () => done(response.statusCode));
  }).once('error', () => done(0));
}

const start = performance.now();
setInterval(() => {
  for (const now = performance.now(); start + (begun * 1000) / perS <= now; begun += 1) read(start + (begun * 1000) / perS);
}, TICK_MS);

// Whatever it is asked, it answers with what it has measured since the last time.
parentPort.on('message', () => {
  parentPort.postMessage(samples);
  samples = [];
});
