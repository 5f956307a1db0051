// SPDX-License-Identifier: Apache-2.0
// Measures everything that docs/adaptive.md promises, one after the other, and prints its table.

import { percent, seconds } from './call.mjs';
import { measureDisabling } from './disabling.mjs';
import { measureFec } from './fec.mjs';
import { LINKS, measureLoss } from './loss.mjs';
import { measureCost, measureNeighbours } from './neighbours.mjs';
import { measureLimit, measureSwings } from './rate.mjs';

const MEASURE_MS = 20000;
const row = (...cells) => `| ${cells.join(' | ')} |`;
const ms = (value) => `${Math.round(value)} ms`;

/** Runs something that expects a test, and ends what it started. */
async function within(measure) {
  const ends = [];
  try {
    return await measure({ after: (end) => ends.push(end), diagnostic: (text) => console.error(text) });
  } finally {
    for (const end of ends) await end();
  }
}

async function loss(name) {
  const [{ adaptive, plain, machine, below }] = await within((t) => measureLoss(t, { [name]: LINKS[name] }, MEASURE_MS));
  return [row(`${name}: concealed speech`, percent(plain), percent(adaptive), `below ${percent(below, 0)} (${percent(machine)} where nothing is lost)`)];
}

async function limit(rateBps, options) {
  const { adaptive, plain } = await within((t) => measureLimit(t, rateBps, options));
  const name = `three talkers through ${rateBps / 1000} kbit/s`;
  return [
    row(`${name}: main speaker concealed`, percent(plain.mainShare), percent(adaptive.mainShare), 'below 2 %'),
    row('queueing delay, p95', ms(plain.queuedMs), ms(adaptive.queuedMs), 'below 200 ms'),
    row('main speaker clean after', seconds(plain.cleanMs), seconds(adaptive.cleanMs), 'within 3 s'),
    row('talkers heard at its end', plain.heardSlots, adaptive.heardSlots, '1 or more'),
    row('all three back after', seconds(plain.backMs), seconds(adaptive.backMs), 'within 10 s'),
  ];
}

async function swings() {
  const rounds = await within((t) => measureSwings(t));
  const most = (way) => Math.max(...rounds.flatMap(({ slots }) => slots.map((slot) => slot[way])));
  const stuck = rounds.filter(({ slots, heardSlots }) => heardSlots < slots.length).length;
  return [row(`400, 96, 400 kbit/s, ${rounds.length} times: changes of a slot each time`, '', `${most('off')} off, ${most('on')} on`, 'at most one each way'),
    row('times after which a slot stayed off', '', stuck, 'none')];
}

async function fec(direction, name) {
  const { adaptive, plain } = await within((t) => measureFec(t, direction));
  const text = ({ lossyShare, onMs }) => `${percent(lossyShare, 0)}, the first after ${seconds(onMs)}`;
  return [row(`${name}: packets with Opus FEC`, text(plain), text(adaptive), 'most'),
    row('the last one after the loss', seconds(plain.offMs), seconds(adaptive.offMs), 'within 30 s')];
}

async function neighbours() {
  const { with: bad, without } = await within((t) => measureNeighbours(t));
  const text = ({ witness, good }) => `${witness.changed} of ${witness.packets} packets changed, ${witness.missing + good.lost} missing`;
  return [row('100 listeners, none bad: what they get', '', text(without), 'as it was sent'),
    row('100 listeners, 10 bad: what the others get', '', text(bad), 'as it was sent')];
}

async function cost() {
  const { adaptive, plain } = await within((t) => measureCost(t));
  return [row('CPU a packet, 100 listeners, none bad', `${plain.toFixed(2)} us`, `${adaptive.toFixed(2)} us (${percent(adaptive / plain - 1)})`, 'within 5 %')];
}

async function disabling() {
  const { heldSlots, backMs, pauseMs, lost } = await within((t) => measureDisabling(t));
  return [row(`disabled in mid-call, ${heldSlots} of 3 talkers heard before: all back after`, '', seconds(backMs), 'at once'),
    row('longest pause and losses of the other listeners', '', `${ms(pauseMs)}, ${lost} packets`, 'no gap')];
}

const parts = {
  ...Object.fromEntries(Object.keys(LINKS).map((name, i) => [`loss-${i + 1}`, () => loss(name)])),
  'limit-100': () => limit(100000),
  'limit-64': () => limit(64000, { bitrate: 20000 }), // Each costs 54 kbit/s then, as Chromium's talker does.
  swings,
  'fec-up': () => fec('up', 'a talker with a round trip of 200 ms loses 15 %'),
  'fec-down': () => fec('down', 'the listener loses 15 %'),
  neighbours,
  cost,
  disabling,
};

const wanted = process.argv.slice(2);
const lines = [row('', 'without', 'with adaptive', 'wanted'), row('---', '---', '---', '---')];
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`== ${name}`);
  try {
    lines.push(...await measure());
  } catch (error) {
    lines.push(row(name, '', `failed: ${error.message.split('\n')[0]}`, ''));
    console.error(error);
    process.exitCode = 1;
  }
}
console.log(lines.join('\n'));
