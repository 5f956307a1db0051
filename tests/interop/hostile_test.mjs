// SPDX-License-Identifier: Apache-2.0
// Hostile offers are refused with a reason, and honest clients join afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runAiortcPeer, runPython } from './harness/command.mjs';
import { KEY, VecheServer } from './harness/veche_server.mjs';

test('Hostile offers are refused with a reason and the server serves on', async (t) => {
  const server = await VecheServer.start(t);
  const { code, output, errors } = await runPython(t, 'hostile_offers.py', ['--server', server.url, '--key', KEY]);
  for (const line of output.trim().split('\n')) t.diagnostic(line);
  assert.equal(code, 0, errors);
  const results = await Promise.all(['ada', 'boris'].map((participant) =>
    runAiortcPeer(t, server, { room: 'hostile', participant, seconds: 4 })));
  for (const { slots } of results) assert.ok(slots.some((slot) => slot.audible_frames > 0), 'a real call works');
});
