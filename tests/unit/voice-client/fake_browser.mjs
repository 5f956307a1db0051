// SPDX-License-Identifier: Apache-2.0
// What the voice client needs of a browser, and a server that answers as a test says.

const ANSWER = 'v=0\r\n';

class FakePeerConnection extends EventTarget {
  static all = [];
  connectionState = 'new';
  signalingState = 'stable';
  iceGatheringState = 'complete';
  localDescription = { sdp: 'v=0\r\n' };

  constructor(configuration) {
    super();
    this.configuration = configuration;
    FakePeerConnection.all.push(this);
  }

  addTransceiver(track) {
    this.sends ||= typeof track === 'object';
    return { receiver: { track: {}, getContributingSources: () => [] } };
  }

  async setLocalDescription() {
    if (this.connectionState === 'closed') throw new Error('closed');
  }

  async setRemoteDescription() {
    this.become('connected');
  }

  close() {
    this.connectionState = 'closed';
  }

  become(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

class FakeWebSocket extends EventTarget {
  static OPEN = 1;
  static all = [];
  /** Whether a new one opens by itself. */
  static opens = true;
  readyState = 0;
  sent = [];

  constructor(url) {
    super();
    const { searchParams } = new URL(url);
    this.token = searchParams.get('access_token');
    this.resume = searchParams.get('resume');
    FakeWebSocket.all.push(this);
    if (FakeWebSocket.opens) queueMicrotask(() => this.open());
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

/** Answers of the server: a function of `{method, path, query, token}` that returns `{status, body, headers}`, or null for silence. */
export class FakeServer {
  requests = [];
  sessions = 0;
  /** What is not as it should be; undefined: all is well. */
  refuse = () => undefined;

  answer(request) {
    this.requests.push(request);
    const refused = this.refuse(request);
    if (refused !== undefined) return refused;
    if (request.method === 'DELETE') return { status: 204 };
    if (request.path.endsWith('/ice-servers')) return { status: 200, body: '{"ice_servers":[{"urls":"turn:of-the-server"}]}' };
    this.sessions += 1;
    return { status: 201, body: ANSWER, headers: { Location: `${request.path}/${this.sessions}` } };
  }

  /** Those of one method, as `path token`. */
  seen(method) {
    return this.requests.filter((request) => request.method === method).map(({ path, token }) => `${path.split('/').slice(6).join('/')} ${token}`);
  }
}

/** Until the test `t` ends. Returns the server and what the client makes. */
export function fakeBrowser(t) {
  const server = new FakeServer();
  const page = new EventTarget();
  FakePeerConnection.all = [];
  FakeWebSocket.all = [];
  FakeWebSocket.opens = true;
  const globals = {
    location: { origin: 'http://veche.test' },
    addEventListener: (...args) => page.addEventListener(...args),
    removeEventListener: (...args) => page.removeEventListener(...args),
    Audio: class {
      play = async () => {};
    },
    MediaStream: class {},
    RTCPeerConnection: FakePeerConnection,
    WebSocket: FakeWebSocket,
    CustomEvent: class extends Event {
      constructor(type, { detail }) {
        super(type);
        this.detail = detail;
      }
    },
    fetch: (url, { method = 'GET', headers, signal }) => new Promise((resolve, reject) => {
      const token = headers.Authorization.replace('Bearer ', '');
      const { pathname: path, searchParams } = new URL(url);
      const answer = server.answer({ method, path, query: Object.fromEntries(searchParams), token });
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
      if (answer === null) return;
      const { status, body = '', headers: fields = {} } = answer;
      resolve({ ok: status < 300, status, url: String(url), headers: new Headers(fields), text: async () => body });
    }),
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  return { server, page, connections: FakePeerConnection.all, sockets: FakeWebSocket.all, FakeWebSocket };
}

/** A token that lives from `iat` to `exp`, in seconds. */
export const jwt = (claims) => `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
