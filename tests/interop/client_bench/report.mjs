// SPDX-License-Identifier: Apache-2.0
// The figures of client_bench as tables in Markdown, beside what they should be.

import { lineThrough } from './figures.mjs';
import { PARTS } from './processes.mjs';
import { MESH_SIZES } from './scenarios.mjs';

const LARGE = 100;
const row = (...cells) => `| ${cells.join(' | ')} |`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const kbps = (bps) => `${Math.round(bps / 1000)} kbit/s`;
const ms = (value) => (value === null ? '-' : `${Math.round(value)} ms`);
const totalOf = ({ cpu }) => PARTS.reduce((sum, part) => sum + cpu[part], 0);

/** What a mesh of LARGE would cost: the line through those that were measured. null if they were not. */
export function extrapolated(results) {
  const meshes = MESH_SIZES.map((size) => [size, results[`mesh-${size}`]]);
  if (meshes.some(([, result]) => !result)) return null;
  const at = (figure) => lineThrough(meshes.map(([size, result]) => [size - 1, figure(result)]))(LARGE - 1);
  return {
    name: `mesh-${LARGE}`,
    label: `A mesh of ${LARGE}, extrapolated`,
    cpu: Object.fromEntries(PARTS.map((part) => [part, at(({ cpu }) => cpu[part])])),
    connections: LARGE - 1,
    addedMb: at(({ addedMb }) => addedMb),
    sentBps: at(({ sentBps }) => sentBps),
    receivedBps: at(({ receivedBps }) => receivedBps),
  };
}

function scenarioRow(result) {
  const total = result.total ? `${percent(totalOf(result))} (${percent(result.total.least)} to ${percent(result.total.most)})` : percent(totalOf(result));
  return row(result.label, ...PARTS.map((part) => percent(result.cpu[part])), total, `${result.addedMb.toFixed(0)} MB`, result.connections,
    kbps(result.sentBps), kbps(result.receivedBps));
}

/** The cost of each scenario. */
export function costTable(results) {
  const large = extrapolated(results);
  const lines = [row('', ...PARTS, 'in all', 'memory', 'connections', 'up', 'down'), row('---', ...Array(PARTS.length + 5).fill('---'))];
  for (const result of Object.values(results)) {
    lines.push(scenarioRow(result));
    if (large && result.name === `mesh-${MESH_SIZES.at(-1)}`) lines.push(scenarioRow(large));
  }
  return lines.join('\n');
}

export function latencyTable({ first, again, later, direct }) {
  const line = (label, { said, heard, p50, p95 }) => row(label, ms(p50), ms(p95), `${heard} of ${said}`);
  return [row('mouth to ear', 'p50', 'p95', 'heard'), row('---', '---', '---', '---'),
    line('the first word after a switch', first), line('the first word in a slot that was kept', again), line('later in the turn', later),
    line('on a direct connection at the same time', direct)].join('\n');
}

/** Each goal: {what, figure, limit, isReached}. Goals whose parts were not measured are left out. */
export function goals({ results: { idle, sent, room }, latency, joins }) {
  const list = [];
  const add = (what, value, limit, text) => list.push({ what, figure: text(value), limit: text(limit), isReached: value !== null && value <= limit });
  if (room && sent) add('CPU that the room adds to a microphone that is sent', totalOf(room) - totalOf(sent), 0.07, percent);
  if (room && idle) add('CPU of the call, less that of an empty page', totalOf(room) - totalOf(idle), 0.20, percent);
  if (room) {
    add('memory that the call adds', room.addedMb, 50, (mb) => `${mb.toFixed(0)} MB`);
    add('received', room.receivedBps, 1e6, kbps);
  }
  if (latency) {
    add('mouth to ear, p95', latency.later.p95, 200, ms);
    add('first words after a switch, p95', latency.first.p95, 200, ms);
  }
  if (joins) {
    add('messages while 100 join', joins.messages, 100, String);
    add('bytes of them', joins.bytes, 65536, (bytes) => `${(bytes / 1024).toFixed(1)} KB`);
  }
  return list;
}

export function goalTable(measured) {
  const lines = goals(measured).map(({ what, figure, limit, isReached }) => row(what, figure, limit, isReached ? 'yes' : '**no**'));
  return [row('', 'measured', 'at most', 'reached'), row('---', '---', '---', '---'), ...lines].join('\n');
}
