// SPDX-License-Identifier: Apache-2.0
// Other peers are programs: started with arguments, ended with the test, judged by exit code and the JSON that they print.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { atEnd } from './cleanup.mjs';
import { assertNothingMissing } from './judged.mjs';
import { scratch } from './scratch.mjs';
import { environment, KEY } from './veche_server.mjs';

/** Debian's own Python, which has Debian's aiortc. */
export const PYTHON = process.env.PYTHON_BIN ?? '/usr/bin/python3';

/** Runs a program; `onStart` gets the child process. Resolves when it has ended: {code, output, errors}. */
export async function run(t, program, args, onStart = () => {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onStart(child);
  atEnd(t, () => child.kill('SIGKILL'));
  const result = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => { result.output += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { result.errors += text; });
  const [code, signal] = await once(child, 'close');
  return { ...result, code: code ?? signal };
}

/** `prefix` is put before its command line. */
export function runPython(t, script, args, prefix = []) {
  const [program, ...rest] = [...prefix, PYTHON, fileURLToPath(new URL(`../peers/${script}`, import.meta.url)), ...args];
  return run(t, program, rest);
}

/** An aiortc participant for some seconds; returns what it heard. */
export async function runAiortcPeer(t, server, { room, participant, seconds, extra = [] }) {
  const { token } = await server.invite(room, participant);
  const { code, output, errors } = await runPython(t, 'aiortc_peer.py', [
    '--server', server.url, '--room', room, '--participant', participant, '--token', token, '--seconds', seconds, ...extra]);
  if (code !== 0) throw new Error(`the aiortc peer ended with ${code}: ${errors}`);
  return JSON.parse(output);
}

/** webrtcbin participants, by the load generator. `options` are those of veche-load without the dashes. */
export function runLoad(t, server, options, onStart) {
  const args = ['--server', server.url, '--key', KEY];
  for (const [name, value] of Object.entries(options)) args.push(`--${name}`, ...(value === true ? [] : [value]));
  return run(t, environment.load, args, onStart);
}

/** The same, and its figures: {code, errors, ...veche-load's JSON}. */
export async function measureLoad(t, server, options, onStart) {
  const json = join(scratch(t, 'load'), 'figures.json');
  const { code, output, errors } = await runLoad(t, server, { ...options, json, 'server-pid': server.pid }, onStart);
  for (const line of output.trim().split('\n')) t.diagnostic(line);
  return { code, errors, ...JSON.parse(readFileSync(json, 'utf8')) };
}

const LONG_S = 1800; // No test takes longer.

/** People who talk until `leave` is called, which returns their figures. */
export function startCall(t, server, options) {
  let child;
  const figures = measureLoad(t, server, { duration: LONG_S, 'join-rate': 20, ...options }, (started) => { child = started; });
  figures.catch(() => {}); // Awaited at the end; it may fail before.
  return { leave: () => { child.kill('SIGINT'); return figures; } };
}

/** All participants joined, all heard every talker, nothing was lost. */
export function assertWhole(figures, participants) {
  assertNothingMissing(figures);
  assert.equal(figures.joins.joined, participants);
  assert.equal(figures.packets.lost, 0);
  assert.ok(figures.packets.received > participants * 100, `${figures.packets.received} packets arrived`);
}
