// SPDX-License-Identifier: Apache-2.0
// Many readers of GET /v1/events in a thread of their own, so that they do not delay what a test measures. Some of them stall.

import { parentPort, workerData } from 'node:worker_threads';

import { EventStream } from '../harness/event_stream.mjs';

const { url, key, lively, stalled, query } = workerData;

/** One after the other, as honest backends come; some at a time. */
async function open(count, options) {
  const streams = [];
  while (streams.length < count) {
    const batch = Array.from({ length: Math.min(50, count - streams.length) }, () => EventStream.open({ url, key }, options));
    streams.push(...await Promise.all(batch));
  }
  return streams;
}

const stalling = await open(stalled, { keepsData: false });
for (const stream of stalling) stream.stall();
const reading = await open(lively, { query, keepsData: false });
parentPort.postMessage({ statuses: [...stalling, ...reading].map(({ status }) => status) });

parentPort.on('message', async ({ count }) => {
  await Promise.all(reading.map((stream) => stream.reach(count)));
  parentPort.postMessage({ ids: reading.map((stream) => stream.ids) });
});
