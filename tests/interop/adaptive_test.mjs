// SPDX-License-Identifier: Apache-2.0
// Voice over bad links, with the plugin adaptive and without at the same time. `scripts/adaptive-table` measures more of it, for longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { percent, seconds } from './adaptive/call.mjs';
import { measureDisabling } from './adaptive/disabling.mjs';
import { measureFec } from './adaptive/fec.mjs';
import { LINKS, LONGER, measureLoss } from './adaptive/loss.mjs';
import { measureLimit, measureSwings } from './adaptive/rate.mjs';
import { tryTwice } from './harness/retry.mjs';
import { environment } from './harness/veche_server.mjs';

const onlyFull = { skip: !environment.full && 'with VECHE_FULL=1' };
/** Seven pages are too many for two cores that have more to do. */
const few = Object.fromEntries(Object.entries(LINKS).slice(0, environment.full ? 3 : 2));
/** What may be concealed where nothing is lost, counted this many times, is the machine's fault. */
const MACHINE = 2;

async function assertLossIsHardlyHeard(t, links) {
  await tryTwice('speech over lossy links', async () => {
    for (const { name, below, adaptive, plain, machine } of await measureLoss(t, links, environment.full ? 20000 : 10000)) {
      const text = `${name}: ${percent(adaptive, 2)} concealed with the plugin, ${percent(plain, 2)} without, ${percent(machine, 2)} where nothing is lost`;
      assert.ok(plain > 0.04, `${text}: that shows nothing`);
      assert.ok(adaptive - MACHINE * machine < below, text);
    }
  });
}

test('Listeners on lossy links hear what they hardly heard without the plugin', async (t) => {
  await assertLossIsHardlyHeard(t, few);
});

test('So does one whose way becomes longer at the same time', onlyFull, async (t) => {
  await assertLossIsHardlyHeard(t, { [LONGER]: LINKS[LONGER] });
});

/** The main speaker stays clear, and the others come back. */
async function assertMainIsClear(t, rateBps, options) {
  await tryTwice(`three talkers through ${rateBps} bit/s`, async () => {
    const { adaptive, plain } = await measureLimit(t, rateBps, options);
    assert.ok(Math.max(...plain.shares) > 0.1 || plain.queuedMs > 1000, `without the plugin all went well: ${JSON.stringify(plain)}`);
    assert.ok(adaptive.heardSlots >= 1, 'nobody was heard');
    assert.ok(adaptive.mainShare < 0.02, `${percent(adaptive.mainShare, 2)} of the main speaker are concealed`);
    assert.ok(adaptive.queuedMs < 200, `packets wait for ${adaptive.queuedMs} ms`);
    assert.ok(adaptive.cleanMs !== null && adaptive.cleanMs <= 3000, `the main speaker is clean after ${seconds(adaptive.cleanMs)}`);
    assert.ok(adaptive.backMs !== null && adaptive.backMs <= 10000, `all three are back after ${seconds(adaptive.backMs)}`);
    return adaptive;
  });
}

test('Through 100 kbit/s the main speaker is clear within three seconds, and all three come back when the limit ends', async (t) => {
  await assertMainIsClear(t, 100000, environment.full ? {} : { limitMs: 8000, afterMs: 12000 });
});

test('Through 64 kbit/s, of which one talker needs 54, it is heard, and clear', onlyFull, async (t) => {
  await assertMainIsClear(t, 64000, { bitrate: 20000 });
});

test('A link that becomes narrow and wide again and again takes away and brings back each talker once', onlyFull, async (t) => {
  for (const { slots, heardSlots } of await measureSwings(t)) {
    for (const { on, off } of slots) assert.ok(on <= 1 && off <= 1, `a slot went off ${off} times and on ${on} times`);
    assert.equal(heardSlots, slots.length);
  }
});

for (const [direction, who] of [['up', 'A talker behind a lossy link'], ['down', 'A talker whose listener loses packets']]) {
  test(`${who} makes Opus redundant, and stops when the loss is over`, onlyFull, async (t) => {
    const { adaptive: { beforeShare, lossyShare, offMs } } = await measureFec(t, direction);
    assert.equal(beforeShare, 0);
    assert.ok(lossyShare > 0.5, `FEC is in ${percent(lossyShare)} of the packets`);
    assert.ok(offMs !== null && offMs <= 30000, `FEC ended ${seconds(offMs)} after the loss`);
  });
}

test('The plugin is disabled in mid-call: all talkers come back to everybody, without a gap', onlyFull, async (t) => {
  const { heldSlots, backMs, pauseMs, lost } = await measureDisabling(t);
  assert.ok(heldSlots < 3, 'nothing was held back');
  assert.ok(backMs !== null && backMs <= 1000, `all are back after ${seconds(backMs)}`);
  assert.ok(pauseMs < 500, `nothing came for ${pauseMs} ms`);
  assert.equal(lost, 0);
});
