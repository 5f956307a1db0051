// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: watches its PeerConnections and WebSockets from outside, changing neither.

(() => {
  const CONTRIBUTING_MS = 500;
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
  probe.inbound = () => statistics('inbound-rtp');
  probe.outbound = () => statistics('outbound-rtp');
  /** The source numbers that were played within the last half second. */
  probe.sources = () => {
    const now = performance.timeOrigin + performance.now();
    return current().getReceivers().flatMap((receiver) => receiver.getContributingSources())
      .filter(({ timestamp }) => now - timestamp < CONTRIBUTING_MS).map(({ source }) => source);
  };
})();
