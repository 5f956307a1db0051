// SPDX-License-Identifier: Apache-2.0
// What the KID of a frame says: 44 random bits of the sender's session, 16 bits that find its sender, 4 bits that say which of its keys.

const INDEX_BITS = 4n;
const SENDER_BITS = 16n;
const SESSION_BITS = 44n;

/** Keys with indices this far apart have the same place: the newer one replaces the older. */
export const KEY_PLACES = 1 << Number(INDEX_BITS);

/** @param {number} index */
export const placeOf = (index) => index % KEY_PLACES;

/** A number of a participant's id (FNV-1a, folded). Two may have the same, which costs a second try to decrypt. @param {string} participant */
export function senderNumber(participant) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(participant)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 16) ^ (hash & 0xffff);
}

/** Never the same again: docs/client/encryption.md says how surely. */
export function randomSession() {
  const [word] = crypto.getRandomValues(new BigUint64Array(1));
  return BigInt.asUintN(Number(SESSION_BITS), word);
}

/** @param {bigint} session @param {number} sender @param {number} index */
export function makeKid(session, sender, index) {
  return (((session << SENDER_BITS) | BigInt(sender)) << INDEX_BITS) | BigInt(placeOf(index));
}

/** @param {bigint} kid */
export function readKid(kid) {
  return {
    sender: Number(BigInt.asUintN(Number(SENDER_BITS), kid >> INDEX_BITS)),
    place: Number(BigInt.asUintN(Number(INDEX_BITS), kid)),
  };
}
