// SPDX-License-Identifier: Apache-2.0
// The header of SFrame (RFC 9605 section 4.3): which key a frame is encrypted with, and its counter.

import { bigEndian, concatenated, numberOf } from './bytes.js';

const EXTENDED = 8; // The number is not in the four bits, but in as many bytes behind them, plus one.

/** @param {bigint} value */
function field(value) {
  if (value < 8n) return { bits: Number(value), bytes: new Uint8Array() };
  let size = 1;
  while (value >> BigInt(8 * size)) size += 1;
  return { bits: EXTENDED | (size - 1), bytes: bigEndian(value, size) };
}

/** Both are below 2^64. @param {bigint} kid @param {bigint} ctr */
export function encodeHeader(kid, ctr) {
  const [key, counter] = [field(kid), field(ctr)];
  return concatenated(Uint8Array.of((key.bits << 4) | counter.bits), key.bytes, counter.bytes);
}

/** The header at the beginning of `frame`, and its size; null if the frame is too short for it. @param {Uint8Array} frame */
export function decodeHeader(frame) {
  let size = 1;
  /** @param {number} bits */
  const read = (bits) => {
    if (bits < EXTENDED) return BigInt(bits);
    const start = size;
    size += (bits & 7) + 1;
    return numberOf(frame.subarray(start, size));
  };
  const kid = read(frame[0] >> 4);
  const ctr = read(frame[0] & 15);
  return size <= frame.length ? { kid, ctr, size } : null;
}
