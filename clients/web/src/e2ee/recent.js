// SPDX-License-Identifier: Apache-2.0
// A map that forgets what was not used for longest, so that nobody outside can fill the memory.

/** Puts it in as the most recent one. @template K, V @param {Map<K, V>} map @param {K} key @param {V} value @param {number} most */
export function keepRecent(map, key, value, most) {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(/** @type {K} */ (map.keys().next().value));
}
