// SPDX-License-Identifier: Apache-2.0
// What a call was like since the last look, from a browser's statistics.

/**
 * @typedef {object} Report
 * @property {number} activeSlots
 * @property {number | null} roundTripMs
 * @property {number} lossPercent
 * @property {number} jitterMs
 * @property {number} upBps
 * @property {number} downBps
 * @property {number} concealedPercent
 */

export class Statistics {
  /** @type {Map<string, any>} */
  #previous = new Map(); // The last report, by id.

  /**
   * Rates since the last call.
   * @param {Map<string, any>} report what `getStats` gives; empty without a connection
   */
  read(report) {
    /** @type {Report} */
    const result = { activeSlots: 0, roundTripMs: null, lossPercent: 0, jitterMs: 0, upBps: 0, downBps: 0, concealedPercent: 0 };
    const sum = { received: 0, lost: 0, samples: 0, concealed: 0 };
    for (const now of report.values()) {
      const before = this.#previous.get(now.id) ?? {};
      /** @param {string} field */
      const grown = (field) => (now[field] ?? 0) - (before[field] ?? 0);
      /** @param {string} field */
      const bps = (field) => (before.timestamp ? (8000 * grown(field)) / Math.max(1, now.timestamp - before.timestamp) : 0);
      if (now.type === 'inbound-rtp') {
        if (grown('packetsReceived') > 0) {
          result.activeSlots += 1;
          result.jitterMs = Math.max(result.jitterMs, 1000 * now.jitter);
        }
        result.downBps += bps('bytesReceived');
        sum.received += grown('packetsReceived');
        sum.lost += Math.max(0, grown('packetsLost'));
        sum.samples += now.totalSamplesReceived ?? 0;
        // Silence that fills an empty slot is no loss of speech.
        sum.concealed += (now.concealedSamples ?? 0) - (now.silentConcealedSamples ?? 0);
      } else if (now.type === 'outbound-rtp') {
        result.upBps += bps('bytesSent');
      } else if (now.type === 'candidate-pair' && now.nominated && now.currentRoundTripTime !== undefined) {
        result.roundTripMs = 1000 * now.currentRoundTripTime;
      }
    }
    this.#previous = report;
    result.lossPercent = (100 * sum.lost) / Math.max(1, sum.received + sum.lost);
    result.concealedPercent = (100 * sum.concealed) / Math.max(1, sum.samples);
    return result;
  }
}
