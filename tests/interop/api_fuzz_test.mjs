// SPDX-License-Identifier: Apache-2.0
// Requests that the server's own document makes, valid and not: every answer is documented, none is an error of the server, and it lives.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DocumentRequests } from './harness/document_requests.mjs';
import { scratch } from './harness/scratch.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';

const DURATION_MS = environment.full ? 60000 : 3000;
const SEED = Number(process.env.VECHE_FUZZ_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = 8;
/** Of each operation, however slow the machine is: half of them odd ones. */
const LEAST_TURNS = 24;
/** They would end what the others ask for: a server that drains takes nobody, a plugin that is disabled has no routes. */
const LEFT_OUT = new Set(['startDrain', 'patchPlugin']);
const NAMES = {
  room: ['blue', 'red', 'a~1', 'none'], participant: ['ann', 'bob', 'none'], session: ['none'], plugin: ['forwarding', 'recording', 'none'],
  recording: ['none'], file: ['manifest.json', 'none'],
};

async function send(server, { method, target, headers, body }, key) {
  const response = await fetch(server.url + target, {
    method, body, headers: { ...headers, ...(key && { Authorization: `Bearer ${key}` }) },
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, answer: /json/.test(type) && text ? JSON.parse(text) : text };
}

/** Names that answers have made known: sessions in Location, recordings in their bodies. */
function learn(names, { answer }) {
  const add = (list, name) => name && !list.includes(name) && list.length < 50 && list.push(name);
  add(names.recording, answer?.format && answer.id);
}

test('Requests made from the document get documented answers', async (t) => {
  console.log(`VECHE_FUZZ_SEED=${SEED}`);
  const server = await VecheServer.start(t, {
    plugins: [
      { name: 'forwarding', required: true }, { name: 'metrics', required: true },
      { name: 'recording', required: true, config: { directory: scratch(t, 'recordings'), min_free_bytes: 0 } }],
  });
  const none = { burst: 0 };
  await server.reload((configuration) => {
    configuration.http.limits = { offers: none, invitations: none, reads: none, changes: none, participant: none, address: none };
  });
  const described = await server.describe();
  const operations = described.operations().filter(({ operation }) => !LEFT_OUT.has(operation.operationId));
  const requests = new DocumentRequests(described.document, SEED, NAMES);
  const counts = new Map(operations.map(({ operation }) => [operation.operationId, new Map()]));
  const { token } = await server.invite('blue', 'ann');
  // Most with a key that reaches everything: what is refused before the handler proves little.
  const keys = [...Array(12).fill(server.key), token, '', 'nobody.knows'];

  const askOnce = async (operation, odd) => {
    const request = requests.request(operation, odd);
    const key = requests.pick(keys);
    const { status, type, answer } = await send(server, request, key);
    const shown = `seed ${SEED}: ${request.method} ${request.target} ${JSON.stringify(request.headers)} ${request.body?.slice(0, 300)}`;
    assert.ok(status < 500 || status === 503, `${shown}: ${status} ${JSON.stringify(answer)}`);
    const complaint = described.complaint({ method: request.method, target: request.target, status, type, answer });
    assert.equal(complaint, undefined, `${shown}: ${complaint}`);
    learn(NAMES, { answer });
    const seen = counts.get(operation.operation.operationId);
    seen.set(status, (seen.get(status) ?? 0) + 1);
  };
  const end = Date.now() + DURATION_MS;
  let turn = 0;
  const askOn = async () => {
    while (Date.now() < end || turn < LEAST_TURNS * operations.length) {
      const number = turn;
      turn += 1;
      await askOnce(operations[number % operations.length], Math.floor(number / operations.length) % 2 === 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));

  assert.equal((await server.api('GET', '/healthz')).status, 200);
  const well = [...counts].filter(([, statuses]) => [...statuses.keys()].some((status) => status < 400)).map(([id]) => id);
  console.log(`${turn} requests; ${well.length} of ${counts.size} operations answered well`);
  for (const id of ['putRoom', 'getRoom', 'patchRoom', 'listRooms', 'inviteParticipant', 'patchParticipant', 'getServer', 'recording.getRecordings']) {
    // In a few seconds chance may find nobody to change.
    const isDue = environment.full || id !== 'patchParticipant';
    assert.ok(well.includes(id) || !isDue, `${id} was never answered well: ${JSON.stringify([...(counts.get(id) ?? [])])}`);
  }
  assert.ok(well.length > counts.size / 3, `${well.length} of ${counts.size} operations were answered well`);
});
