// SPDX-License-Identifier: Apache-2.0
// Byte strings of SFrame: numbers in network byte order, and concatenation.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** @param {...Uint8Array} parts @returns {Bytes} */
export function concatenated(...parts) {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** `value` in `size` bytes. @param {bigint} value @param {number} size @returns {Bytes} */
export function bigEndian(value, size) {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let i = size - 1; i >= 0; i -= 1) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** @param {Uint8Array} bytes */
export function numberOf(bytes) {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
