// SPDX-License-Identifier: Apache-2.0
// Who is heard right now, from the contributing sources of what arrives.

const AUDIBLE_MS = 300;

/**
 * The participants heard right now and their level (0..1): independent of signalling delay.
 * @param {Iterable<Pick<RTCRtpReceiver, 'getContributingSources'>>} receivers
 * @param {Iterable<{participant: string, source_number: number}>} entries of the roster
 * @param {number} nowMs since 1970, of the clock of `performance`
 * @returns {Map<string, number>}
 */
export function participantLevels(receivers, entries, nowMs) {
  const levels = new Map();
  const bySource = new Map(Array.from(entries, (entry) => [entry.source_number, entry.participant]));
  for (const receiver of receivers) {
    for (const { source, timestamp, audioLevel = 0.1 } of receiver.getContributingSources()) {
      const participant = bySource.get(source);
      if (participant && nowMs - timestamp < AUDIBLE_MS) levels.set(participant, Math.max(audioLevel, levels.get(participant) ?? 0));
    }
  }
  return levels;
}
