// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: watches its PeerConnections and WebSockets from outside, changing neither.

(() => {
  const CONTRIBUTING_MS = 500;
  const Plain = window.RTCPeerConnection;
  const probe = { connections: [], messages: [], sockets: [], direct: {} };
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
      const isSignalling = new URL(this.url).pathname.endsWith('/mesh'); // The backend's; the rest is Veche's.
      if (!isSignalling) this.addEventListener('message', ({ data }) => {
        probe.messages.push({ timeMs: performance.now(), ...JSON.parse(data) });
      });
    }
  };

  const current = () => probe.connections.at(-1).pc;
  const statistics = async (type) => [...(await current().getStats()).values()].filter((entry) => entry.type === type);
  probe.statistics = statistics;
  probe.inbound = () => statistics('inbound-rtp');
  const inboundOf = (report) => [...report.values()].filter(({ type }) => type === 'inbound-rtp');
  probe.outbound = () => statistics('outbound-rtp');
  const selectedPair = (report) => {
    const entries = [...report.values()];
    const pair = report.get(entries.find(({ type }) => type === 'transport')?.selectedCandidatePairId);
    return { local: report.get(pair?.localCandidateId)?.address, remote: report.get(pair?.remoteCandidateId)?.address };
  };
  probe.pair = async () => selectedPair(await current().getStats());
  const countsOf = (report) => inboundOf(report)
    .map(({ mid, packetsReceived, packetsLost, totalSamplesReceived, concealedSamples, silentConcealedSamples }) =>
      ({ mid, packetsReceived, packetsLost, totalSamplesReceived, concealedSamples, silentConcealedSamples }));
  /**
   * Samples of the time, the pair that media takes, and what each slot and each direct connection received. Chromium refreshes its statistics
   * no sooner than after 50 ms.
   */
  probe.record = async (durationMs, everyMs) => {
    const samples = [];
    const end = Date.now() + durationMs;
    while (Date.now() < end) {
      const report = await current().getStats();
      const direct = {};
      for (const [name, { pc }] of Object.entries(probe.direct)) direct[name] = countsOf(await pc.getStats());
      samples.push({ timeMs: Date.now(), pair: selectedPair(report), slots: countsOf(report), direct });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    return samples;
  };
  /** Sends the microphone to the page of `name` without the server. Makes an offer, or the answer to one. */
  probe.callDirectly = async (name, offer) => {
    const pc = new Plain();
    const player = new Audio(); // Only what is played is decoded.
    probe.direct[name]?.pc.close();
    probe.direct[name] = { pc, player };
    pc.addEventListener('track', ({ track }) => {
      player.srcObject = new MediaStream([track]);
      player.play();
    });
    if (offer) await pc.setRemoteDescription({ type: 'offer', sdp: offer });
    pc.addTrack(current().getSenders().find(({ track }) => track).track);
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
    return pc.localDescription.sdp;
  };
  probe.answerDirectly = (name, sdp) => probe.direct[name].pc.setRemoteDescription({ type: 'answer', sdp });
  probe.directState = (name) => {
    const { signalingState, iceGatheringState, iceConnectionState, connectionState } = probe.direct[name].pc;
    return [signalingState, iceGatheringState, iceConnectionState, connectionState].join('/');
  };
  probe.directInbound = async (name) => inboundOf(await probe.direct[name].pc.getStats());
  /** For the message of a test that fails: what has become of each connection, and what it receives. */
  probe.overview = () => Promise.all(probe.connections.map(async ({ pc, states }) => ({
    state: pc.connectionState, states: states.join(), inbound: pc.signalingState === 'closed' ? [] : countsOf(await pc.getStats()),
    sources: pc.getReceivers().flatMap((receiver) => receiver.getContributingSources()).map(({ source, timestamp }) =>
      [source, Math.round(performance.timeOrigin + performance.now() - timestamp)]),
  })));
  /** The source numbers that were played within the last half second. */
  probe.sources = () => {
    const now = performance.timeOrigin + performance.now();
    // A page that may also talk directly opens connections for that, and closes them, whatever it hears.
    const open = probe.connections.map(({ pc }) => pc).filter(({ signalingState }) => signalingState !== 'closed');
    return open.flatMap((pc) => pc.getReceivers()).flatMap((receiver) => receiver.getContributingSources())
      .filter(({ timestamp }) => now - timestamp < CONTRIBUTING_MS).map(({ source }) => source);
  };
})();
