// SPDX-License-Identifier: Apache-2.0
// Pages of one room without a browser: connections that find each other by what is in their descriptions, microphones and players.

import { FakeBackend, fakeWebSocket, FakeSfu, numberIn } from './fake_servers.mjs';

/** Connections, by the number in their descriptions; the pages between which nothing gets through. */
export class FakeNetwork {
  connections = [];
  /** Whether two connections reach each other. */
  reaches = () => true;
  /** What every connection is asked for is kept here: offers, answers, candidates. */
  log = [];

  connect(one, other) {
    if (!one || !other || !this.reaches(one, other)) return;
    Object.assign(one, { other });
    Object.assign(other, { other: one });
    queueMicrotask(() => [one, other].forEach((pc) => pc.become('connected')));
  }
}

class FakeTransceiver {
  direction = 'sendrecv';

  constructor(pc, track) {
    this.sender = {
      track,
      replaceTrack: async (next) => {
        if (pc.connectionState === 'closed') throw new Error('InvalidStateError');
        this.sender.track = next;
      },
    };
    this.receiver = {
      track: { kind: 'audio', of: pc },
      getContributingSources: () => pc.sfu?.heardBy(pc) ?? [],
      // Sound arrives while the other end sends an open track.
      getSynchronizationSources: () => {
        const { other } = pc;
        const sent = other?.connectionState === 'connected' && pc.connectionState === 'connected' && other.transceivers[0]?.sender.track;
        return sent?.enabled && sent.readyState === 'live' ? [{ timestamp: performance.timeOrigin + performance.now(), audioLevel: sent.level ?? 0.5 }] : [];
      },
    };
  }
}

/** Everything that the mesh and a session of the SFU use of RTCPeerConnection. */
export function fakePeerConnection(network, sfu) {
  return class FakePeerConnection extends EventTarget {
    connectionState = 'new';
    signalingState = 'stable';
    iceGatheringState = 'complete';
    localDescription = null;
    transceivers = [];

    constructor(configuration) {
      super();
      this.configuration = configuration;
      this.number = network.connections.push(this);
    }

    addTransceiver(track, { direction = 'sendrecv' } = {}) {
      const transceiver = Object.assign(new FakeTransceiver(this, typeof track === 'object' ? track : null), { direction });
      this.transceivers.push(transceiver);
      return transceiver;
    }

    getTransceivers() {
      return this.transceivers;
    }

    async createOffer() {
      return { type: 'offer', sdp: `v=0\r\na=number:${this.number}\r\n` };
    }

    async setLocalDescription(given) {
      if (this.connectionState === 'closed') throw new Error('InvalidStateError');
      if (given) {
        this.localDescription = given;
        this.signalingState = 'have-local-offer';
        return;
      }
      const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
      this.localDescription = { type, sdp: `v=0\r\na=number:${this.number}\r\n` };
      this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
      network.log.push(type);
      this.#gather();
    }

    async setRemoteDescription({ type, sdp }) {
      if (type === 'answer' ? this.signalingState !== 'have-local-offer' : this.signalingState !== 'stable') throw new Error('InvalidStateError');
      const other = network.connections[numberIn(sdp) - 1];
      if (type === 'offer') {
        this.signalingState = 'have-remote-offer';
        this.transceivers.push(Object.assign(new FakeTransceiver(this, null), { direction: 'recvonly' }));
        return;
      }
      this.signalingState = 'stable';
      if (sdp.includes('the SFU')) sfu.connect(this);
      else network.connect(this, other);
    }

    async addIceCandidate() {
      if (this.signalingState === 'have-local-offer' || this.connectionState === 'closed') throw new Error('InvalidStateError');
      network.log.push('candidate');
    }

    async getStats() {
      return new Map([['in', { id: 'in', type: 'inbound-rtp', packetsReceived: 1, timestamp: performance.now() }]]);
    }

    become(state) {
      if (this.connectionState === 'closed') return;
      this.connectionState = state;
      this.dispatchEvent(new Event('connectionstatechange'));
    }

    close() {
      this.connectionState = 'closed';
    }

    #gather() {
      for (const port of [1, 2, 3]) {
        const candidate = { toJSON: () => ({ candidate: `candidate:${port}` }) };
        queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate })));
      }
    }
  };
}

export class FakeTrack extends EventTarget {
  kind = 'audio';
  enabled = true;
  readyState = 'live';

  clones = [];

  clone() {
    const { enabled, readyState } = this;
    this.clones.push(Object.assign(new FakeTrack(), { enabled, readyState }));
    return this.clones.at(-1);
  }

  stop() {
    this.readyState = 'ended';
  }
}

export class FakeStream {
  constructor(tracks = []) {
    this.tracks = [...tracks];
  }

  getAudioTracks() {
    return this.tracks;
  }

  getTracks() {
    return this.tracks;
  }

  addTrack(track) {
    this.tracks.push(track);
  }

  removeTrack(track) {
    this.tracks = this.tracks.filter((each) => each !== track);
  }
}

/** Until the test `t` ends. `players`: every audio element that was made. */
export function fakeRoom(t) {
  const network = new FakeNetwork();
  const backend = new FakeBackend();
  const sfu = new FakeSfu();
  const page = new EventTarget();
  const players = [];
  const globals = {
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
    location: { origin: 'http://backend.test', href: 'http://backend.test/' },
    Audio: class {
      volume = 1;
      srcObject = null;

      constructor() {
        players.push(this);
      }

      async play() {}
    },
    MediaStream: FakeStream,
    addEventListener: (...words) => page.addEventListener(...words),
    removeEventListener: (...words) => page.removeEventListener(...words),
    fetch: (url, options = {}) => sfu.answer(url, options),
    RTCPeerConnection: fakePeerConnection(network, sfu),
    WebSocket: fakeWebSocket(backend, sfu),
    CustomEvent: class extends Event {
      constructor(type, { detail } = {}) {
        super(type);
        this.detail = detail;
      }
    },
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  return { network, backend, sfu, page, players };
}

/** A microphone of the page's own. */
export const microphone = () => new FakeStream([new FakeTrack()]);

/** Numbers that look random and are not. */
export function pseudoRandom(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
