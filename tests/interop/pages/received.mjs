// SPDX-License-Identifier: Apache-2.0
// Sums up what a page received, of its statistics.

/** What a page received between two results of `inbound`. */
export function received(before, after) {
  const sum = (entries, field) => entries.reduce((total, entry) => total + (entry[field] ?? 0), 0);
  const grown = (field) => sum(after, field) - sum(before, field);
  return {
    packets: grown('packetsReceived'),
    lost: grown('packetsLost'),
    energy: grown('totalAudioEnergy'),
    samples: grown('totalSamplesReceived'),
    // A slot that carries nothing is filled with silence: that conceals no speech and does not count.
    concealed: grown('concealedSamples') - grown('silentConcealedSamples'),
    activeStreams: after.filter((entry) => {
      const old = before.find(({ id }) => id === entry.id);
      return entry.packetsReceived > (old?.packetsReceived ?? 0);
    }).length,
  };
}
