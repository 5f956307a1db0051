// SPDX-License-Identifier: Apache-2.0
// What the voice client needs of a browser, and a server that answers as a test says.

const section = (generation) => `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:${generation}\r\na=ice-pwd:secret-${generation}\r\na=mid:0\r\n`;
const sdp = (generation) => `v=0\r\n${section(generation)}`;

/** As in a browser, parameters have to be those that were read last. */
class FakeSender {
  parameters = { encodings: [{ active: true }] };
  #read = null;

  constructor(track) {
    this.track = track;
  }

  getParameters() {
    this.#read = structuredClone(this.parameters);
    return this.#read;
  }

  async setParameters(parameters) {
    if (parameters !== this.#read) throw new Error('InvalidStateError');
    this.#read = null;
    await Promise.resolve();
    this.parameters = parameters;
  }

  async replaceTrack(track) {
    this.track = track;
  }
}

class FakePeerConnection extends EventTarget {
  static all = [];
  /** Whether it is connected as soon as it has an answer. */
  static connects = true;
  connectionState = 'new';
  signalingState = 'stable';
  iceGatheringState = 'complete';
  localDescription = null;
  remoteDescription = null;
  transceivers = [];
  generation = 0; // Of ICE.

  constructor(configuration) {
    super();
    this.configuration = structuredClone(configuration);
    FakePeerConnection.all.push(this);
  }

  setConfiguration(configuration) {
    this.configuration = structuredClone(configuration);
  }

  addTransceiver(track) {
    const isSender = typeof track === 'object';
    this.sends ||= isSender;
    const transceiver = {
      mid: String(this.transceivers.length),
      sender: new FakeSender(isSender ? track : null),
      receiver: { track: { enabled: true, slot: this.transceivers.length }, jitterBufferTarget: null, getContributingSources: () => [] },
      setCodecPreferences: (codecs) => (transceiver.codecs = codecs),
    };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers() {
    return this.transceivers;
  }

  async createOffer({ iceRestart = false } = {}) {
    if (iceRestart) this.generation += 1;
    return { type: 'offer', sdp: sdp(`client-${this.generation}`) };
  }

  async setLocalDescription({ type, sdp: text }) {
    if (this.connectionState === 'closed') throw new Error('closed');
    if ((type === 'rollback') !== (this.signalingState === 'have-local-offer')) throw new Error('InvalidStateError');
    this.signalingState = type === 'rollback' ? 'stable' : 'have-local-offer';
    if (type !== 'rollback') this.localDescription = { type, sdp: text };
  }

  async setRemoteDescription(description) {
    if (this.signalingState !== 'have-local-offer') throw new Error('InvalidStateError');
    this.signalingState = 'stable';
    this.remoteDescription = description;
    if (FakePeerConnection.connects) this.become('connected');
  }

  async getStats() {
    return new Map();
  }

  close() {
    this.connectionState = 'closed';
  }

  become(state) {
    if (this.connectionState === 'closed') return;
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

class FakeWebSocket extends EventTarget {
  static OPEN = 1;
  static all = [];
  /** Whether a new one opens by itself; null: it is refused. */
  static opens = true;
  /** Whether the server has the participant. */
  static isWelcome = () => true;
  readyState = 0;
  sent = [];

  constructor(url) {
    super();
    const { searchParams } = new URL(url);
    this.token = searchParams.get('access_token');
    this.resume = searchParams.get('resume');
    FakeWebSocket.all.push(this);
    const opens = FakeWebSocket.opens && !FakeWebSocket.isWelcome() ? null : FakeWebSocket.opens;
    if (opens !== false) queueMicrotask(() => (opens ? this.open() : this.close()));
  }

  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  receive(message) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }));
  }

  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

/**
 * A server with one participant. Its answers are those of a function of `{method, path, query, token, body}` that returns `{status, body, headers}`, or null
 * for silence.
 */
export class FakeServer {
  requests = [];
  sessions = 0;
  /** The path of the present session; '': there is none any more. */
  session = '';
  /** Whether requests get through. */
  isReachable = true;
  /** Of the participant. */
  state = 'ended';
  /** What is not as it should be; undefined: all is well. */
  refuse = () => undefined;

  answer(request) {
    this.requests.push(request);
    const refused = this.refuse(request);
    if (refused !== undefined) return refused;
    const { method, path, body } = request;
    if (method === 'GET') return { status: 200, body: JSON.stringify({ ice_servers: [{ urls: 'turn:of-the-server' }], state: this.state }) };
    if (method === 'POST') return this.#open(path);
    if (path !== this.session) return { status: 404, body: '{"type":"/problems/not-found","title":"Not found"}' };
    if (method === 'DELETE') this.session = '';
    return body?.includes('a=ice-ufrag:') ? { status: 200, body: section(`server-${body.match(/client-(\d+)/)[1]}`) } : { status: 204 };
  }

  #open(path) {
    this.sessions += 1;
    this.session = `${path}/${this.sessions}`;
    return { status: 201, body: sdp('server-0'), headers: { Location: this.session } };
  }

  /** Those of one method, as `path token`. */
  seen(method) {
    return this.requests.filter((request) => request.method === method).map(({ path, token }) => `${path.split('/').slice(6).join('/')} ${token}`);
  }
}

/** A microphone of the page's own, as a stream. */
export function fakeMicrophone() {
  const track = Object.assign(new EventTarget(), { kind: 'audio', enabled: true, readyState: 'live', stop: () => (track.readyState = 'ended') });
  return { track, getAudioTracks: () => [track], getTracks: () => [track] };
}

/** Until the test `t` ends. Returns the server and what the client makes. */
export function fakeBrowser(t) {
  const server = new FakeServer();
  const page = new EventTarget();
  const pageDocument = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  FakePeerConnection.all = [];
  FakePeerConnection.connects = true;
  FakeWebSocket.all = [];
  FakeWebSocket.opens = true;
  FakeWebSocket.isWelcome = () => server.sessions === 0 || server.session !== '';
  /** Audio elements; `areBlocked`: the browser wants a gesture first. */
  const players = Object.assign([], { areBlocked: false });
  const globals = {
    document: pageDocument,
    location: { origin: 'http://veche.test' },
    addEventListener: (...args) => page.addEventListener(...args),
    removeEventListener: (...args) => page.removeEventListener(...args),
    Audio: class {
      constructor() {
        players.push(this);
      }

      play = async () => {
        if (players.areBlocked) throw Object.assign(new Error('no gesture'), { name: 'NotAllowedError' });
      };
    },
    MediaStream: class {
      constructor(tracks) {
        this.tracks = tracks;
      }
    },
    RTCPeerConnection: FakePeerConnection,
    WebSocket: FakeWebSocket,
    CustomEvent: class extends Event {
      constructor(type, { detail }) {
        super(type);
        this.detail = detail;
      }
    },
    fetch: (url, { method = 'GET', headers, signal, keepalive, body: text }) => new Promise((resolve, reject) => {
      if (!server.isReachable) return reject(new TypeError('Failed to fetch'));
      const token = headers.Authorization.replace('Bearer ', '');
      const { pathname: path, searchParams } = new URL(url);
      const answer = server.answer({ method, path, query: Object.fromEntries(searchParams), token, keepalive, body: text });
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
      if (answer === null) return undefined;
      const { status, body = '', headers: fields = {} } = answer;
      return resolve({ ok: status < 300, status, url: String(url), headers: new Headers(fields), text: async () => body });
    }),
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  return { server, page, document: pageDocument, players, FakePeerConnection, connections: FakePeerConnection.all, sockets: FakeWebSocket.all, FakeWebSocket };
}

/** A token that lives from `iat` to `exp`, in seconds. */
export const jwt = (claims) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
