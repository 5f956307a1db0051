// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: watches its PeerConnections and WebSockets from outside, changing neither.

(() => {
  const CONTRIBUTING_MS = 500;
  const SAMPLE_MS = 50; // Chromium makes statistics anew no sooner.
  const probe = { connections: [], messages: [], sockets: [] };
  window.probe = probe;

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      const states = [];
      this.addEventListener('signalingstatechange', () => states.push(this.signalingState));
      probe.connections.push({ pc: this, states });
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      probe.sockets.push(this);
      this.addEventListener('message', ({ data }) => {
        probe.messages.push({ timeMs: performance.now(), ...JSON.parse(data) });
      });
    }
  };

  const current = () => probe.connections.at(-1).pc;
  const statistics = async (type) => [...(await current().getStats()).values()].filter((entry) => entry.type === type);
  probe.statistics = statistics;
  probe.inbound = () => statistics('inbound-rtp');
  probe.outbound = () => statistics('outbound-rtp');
  const selectedPair = (report) => {
    const entries = [...report.values()];
    const pair = report.get(entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId);
    return { local: report.get(pair?.localCandidateId)?.address, remote: report.get(pair?.remoteCandidateId)?.address };
  };
  probe.pair = async () => selectedPair(await current().getStats());
  /** Samples of the time, the pair that media takes, and what each slot received. */
  probe.record = async (durationMs) => {
    const samples = [];
    const end = Date.now() + durationMs;
    while (Date.now() < end) {
      const report = await current().getStats();
      const slots = [...report.values()].filter(({ type }) => type === 'inbound-rtp')
        .map(({ mid, packetsReceived, totalSamplesReceived, concealedSamples, silentConcealedSamples }) =>
          ({ mid, packetsReceived, totalSamplesReceived, concealedSamples, silentConcealedSamples }));
      samples.push({ timeMs: Date.now(), pair: selectedPair(report), slots });
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
    return samples;
  };
  /** The source numbers that were played within the last half second. */
  probe.sources = () => {
    const now = performance.timeOrigin + performance.now();
    return current().getReceivers().flatMap((receiver) => receiver.getContributingSources())
      .filter(({ timestamp }) => now - timestamp < CONTRIBUTING_MS).map(({ source }) => source);
  };
})();
