// SPDX-License-Identifier: Apache-2.0
// How many people a device plays at the same time: what the browser says of it goes in, a number of slots comes out.

const USUAL = 4;
const SOME = 3; // A phone with little memory.
const FEW = 2;

/**
 * Fewer on weak devices, and where the person saves data. What a browser does not say counts as strong.
 * @param {{hardwareConcurrency?: number, deviceMemory?: number, connection?: {saveData?: boolean}}} device Such as `navigator`; memory in GB.
 */
export function chooseSlots({ hardwareConcurrency = Infinity, deviceMemory = Infinity, connection } = {}) {
  if (connection?.saveData || hardwareConcurrency <= 2 || deviceMemory <= 1) return FEW;
  return deviceMemory <= 2 ? SOME : USUAL;
}
