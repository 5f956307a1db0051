// SPDX-License-Identifier: Apache-2.0
// Headers of a participant's packets, as tshark reads them.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { run, startCall } from './harness/command.mjs';
import { scratch } from './harness/scratch.mjs';
import { until } from './harness/until.mjs';
import { environment, KEY, VecheServer } from './harness/veche_server.mjs';

const FIELDS = ['ip.src', 'frame.len', 'frame.cap_len', 'rtp.ssrc', 'rtp.seq', 'rtp.p_type', 'rtp.csrc.item', 'rtcp.pt', '_ws.malformed'];
const HEADER_BYTES = 20 + 8; // IPv4 and UDP.
const MOST_OF_RTP = 12 + 15 * 4 + 4 + 64;

async function packetsOf(t, file) {
  const { output, code, errors } = await run(t, 'tshark', ['-r', file, '-d', 'udp.port==5004,rtp', '-d', 'udp.port==5005,rtcp',
    '-T', 'fields', '-E', 'separator=;', ...FIELDS.flatMap((field) => ['-e', field])]);
  assert.equal(code, 0, errors);
  return output.trim().split('\n').map((line) => {
    const values = line.split(';');
    return Object.fromEntries(FIELDS.map((field, i) => [field, values[i]]));
  });
}

test('tshark reads the headers of what a participant sends and gets, and finds nothing of what is said', async (t) => {
  const server = await VecheServer.start(t);
  const call = startCall(t, server, { room: 'call', participants: 3, talkers: 3, silence: 'continuous' });
  await server.connected('call', 3);
  const { body: { participants: [{ id, source_number: own }] } } = await server.api('GET', '/v1/rooms/call/participants');
  const path = `/v1/rooms/call/participants/${id}`;
  const stats = async () => (await server.api('GET', `${path}/stats`)).body;
  assert.equal((await server.api('GET', `${path}/headers`)).status, 404);
  const before = await stats();
  assert.equal((await server.api('POST', `${path}/headers`, { seconds: 60 })).status, 200);
  const wire = environment.path === 'wire';
  const fetchFile = async () => {
    const response = await fetch(`${server.url}${path}/headers`, { headers: { authorization: `Bearer ${KEY}` } });
    assert.equal(response.status, 200);
    return Buffer.from(await response.arrayBuffer());
  };
  const wanted = 100;
  await until('packets came and went', async () => {
    const now = await stats();
    return now.packets_received > before.packets_received + wanted && now.packets_sent > before.packets_sent + 2 * wanted;
  });
  const bytes = await fetchFile();
  const file = join(scratch(t, 'headers'), 'call.pcapng');
  writeFileSync(file, bytes);

  const packets = await packetsOf(t, file);
  assert.deepEqual(packets.filter((packet) => packet['_ws.malformed']), []);
  const rtp = packets.filter((packet) => packet['rtp.ssrc']);
  const [sent, received] = ['192.0.2.1', '192.0.2.2'].map((source) => rtp.filter((packet) => packet['ip.src'] === source));
  assert.ok(sent.length >= wanted && received.length >= 2 * wanted, `${sent.length} and ${received.length} packets`);
  assert.equal(new Set(sent.map((packet) => packet['rtp.ssrc'])).size, 1);
  const slots = [...new Set(received.map((packet) => packet['rtp.ssrc']))];
  assert.equal(slots.length, 2, 'two others talk');
  for (const ssrc of [sent[0]['rtp.ssrc'], ...slots]) {
    const numbers = rtp.filter((packet) => packet['rtp.ssrc'] === ssrc).map((packet) => Number(packet['rtp.seq']));
    for (let i = 1; i < numbers.length; i += 1) assert.equal(numbers[i], (numbers[i - 1] + 1) & 0xffff, `${ssrc}: ${numbers}`);
  }
  const csrcs = new Set(received.map((packet) => packet['rtp.csrc.item']));
  assert.equal(csrcs.size, 2);
  assert.ok(!csrcs.has(String(own)) && !csrcs.has(`0x${own.toString(16).padStart(8, '0')}`), 'nobody hears themselves');
  for (const packet of rtp) {
    assert.ok(Number(packet['frame.cap_len']) <= HEADER_BYTES + MOST_OF_RTP);
    assert.ok(Number(packet['frame.cap_len']) < Number(packet['frame.len']), 'there is no payload');
  }
  const rtcp = packets.filter((packet) => packet['rtcp.pt']);
  t.diagnostic(`${sent.length} sent, ${received.length} received, ${rtcp.length} RTCP packets`);
  if (wire) await until('there is RTCP', async () => {
    writeFileSync(file, await fetchFile());
    return (await packetsOf(t, file)).some((packet) => packet['rtcp.pt']);
  });

  assert.equal((await server.api('DELETE', `${path}/headers`)).status, 204);
  assert.equal((await server.api('GET', `${path}/headers`)).status, 404);
  const { body: { entries } } = await server.api('GET', `${path}/trace`);
  assert.deepEqual(entries.filter(({ type }) => type === 'headers.kept').map(({ data }) => data.seconds), [60, 0]);
  await call.leave();
});
