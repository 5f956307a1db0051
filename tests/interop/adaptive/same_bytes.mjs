// SPDX-License-Identifier: Apache-2.0
// Are the packets that a listener got, byte for byte and without a gap, those that the talker sent?

/** So many packets of a listener have to be in a row what was sent: then it is known where it began to listen. */
const ALIGNED = 50;
const step = (from, to) => (to - from) & 0xffff;

/** {packets, changed, missing}. Both are `[{sequence, payload}]`; the server numbers each slot by itself, and `sent` is in order. */
export function compare(sent, got) {
  if (got.length < ALIGNED) return { packets: got.length, changed: got.length, missing: 0 };
  const payloads = sent.map(({ payload }) => payload.toString('hex'));
  const [first] = got;
  const isAt = (start, { sequence, payload }) => payloads[start + step(first.sequence, sequence)] === payload.toString('hex');
  const start = payloads.findIndex((_, i) => got.slice(0, ALIGNED).every((packet) => isAt(i, packet)));
  return {
    packets: got.length,
    changed: start < 0 ? got.length : got.filter((packet) => !isAt(start, packet)).length,
    missing: step(first.sequence, got.at(-1).sequence) + 1 - got.length,
  };
}
