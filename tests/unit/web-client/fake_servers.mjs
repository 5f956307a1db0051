// SPDX-License-Identifier: Apache-2.0
// What pages of one room talk to: the signalling of a backend that decides by which transport, and an SFU that fails.

/** Of the connection that a description is of. */
export const numberIn = (sdp) => Number(sdp.match(/number[: ](\d+)/)?.[1]);

/** An SFU with one room: who is there, and who talks. */
export class FakeSfu {
  isUp = true;
  connections = new Map(); // participant -> connection
  sockets = new Map();
  #offers = new Map(); // the number of a connection -> participant

  /** What `fetch` gives. */
  async answer(url, { method, body }) {
    if (!this.isUp) throw new TypeError('Failed to fetch');
    const { pathname } = new URL(url);
    const participant = pathname.split('/')[5];
    const answer = (status, text = '', headers = {}) => ({ ok: status < 300, status, url: String(url), headers: new Headers(headers), text: async () => text });
    if (method === 'DELETE') {
      this.connections.delete(participant);
      return answer(204);
    }
    if (method !== 'POST') return answer(200, '{"ice_servers":[]}');
    this.#offers.set(numberIn(body), participant);
    return answer(201, 'v=0\r\nthe SFU\r\n', { Location: `${pathname}/1` });
  }

  connect(pc) {
    pc.sfu = this;
    this.connections.set(this.#offers.get(pc.number), pc);
    queueMicrotask(() => pc.become('connected'));
  }

  entry(participant) {
    return { participant, name: participant, source_number: participant.charCodeAt(0), connected: true, muted_by_backend: false, muted_by_self: false,
      permissions: { publish: ['audio'], subscribe: true } };
  }

  accept(socket, participant) {
    if (!this.isUp) return socket.close();
    this.sockets.set(participant, socket);
    const roster = [...this.connections.keys()].map((each) => this.entry(each));
    for (const [other, each] of this.sockets) {
      const data = { self: this.entry(other), roster, slots: [], speaking: [], dominant: '', pinned: [], blocked: [] };
      each.receive({ type: 'snapshot', seq: 1, stream: 'S', data });
    }
    return undefined;
  }

  /** The talkers that a connection hears, by their source numbers. */
  heardBy(pc) {
    if (!this.isUp) return [];
    return [...this.connections].filter(([, other]) => other !== pc && other.transceivers[0]?.sender.track?.enabled)
      .map(([participant]) => ({ source: participant.charCodeAt(0), audioLevel: 0.5, timestamp: performance.timeOrigin + performance.now() }));
  }

  /** Like a power cut. */
  kill() {
    this.isUp = false;
    for (const pc of this.connections.values()) pc.become('failed');
    this.connections.clear();
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }
}

/** The signalling of one room. Answers as examples/fastapi-backend/backend/meeting.py does. */
export class FakeBackend {
  transport = { transport: 'mesh', reason: 'percentage', number: 1, settled: true };
  sockets = new Map(); // participant -> socket
  muted = new Set();
  isUp = true;
  /** Refuses the next connections with that reason. */
  refusal = '';
  /** Type of each message of a page, in order. */
  taken = [];

  entry(participant) {
    const { peer, mutesItself = false } = this.sockets.get(participant);
    return { participant, name: participant.toUpperCase(), peer, connected: true, muted_by_backend: this.muted.has(participant),
      muted_by_self: mutesItself, permissions: { publish: ['audio'], subscribe: true } };
  }

  get roster() {
    return this.transport.transport === 'mesh' || !this.transport.settled ? [...this.sockets.keys()].map((each) => this.entry(each)) : null;
  }

  accept(socket, participant, peer) {
    if (this.refusal) {
      socket.receive({ type: 'closing', data: { reason: this.refusal, detail: '' } });
      return socket.close();
    }
    const isKnown = this.sockets.has(participant);
    this.sockets.set(participant, Object.assign(socket, { peer }));
    socket.receive({ type: 'snapshot', data: { self: this.entry(participant), transport: this.transport, roster: this.roster } });
    return this.tellRoster({ [isKnown ? 'changed' : 'joined']: [this.entry(participant)] }, socket);
  }

  take(socket, { type, data }) {
    this.taken.push([type, data]);
    const participant = [...this.sockets].find(([, each]) => each === socket)?.[0];
    if (type === 'signal') {
      const target = [...this.sockets.values()].find(({ peer }) => peer === data.to);
      const { to, ...rest } = data;
      target?.receive({ type: 'signal', data: { from: socket.peer, ...rest } });
    } else if (type === 'mute') {
      socket.mutesItself = data.muted;
      this.tellRoster({ changed: [this.entry(participant)] });
    } else if (type === 'ping') socket.receive({ type: 'pong', data: {} });
    else if (type === 'leave') this.leave(participant);
  }

  leave(participant) {
    this.sockets.delete(participant);
    this.tellRoster({ left: [participant] });
  }

  mute(participant, muted) {
    this.muted[muted ? 'add' : 'delete'](participant);
    this.tellRoster({ changed: [this.entry(participant)] });
  }

  tellRoster(data, but) {
    this.tell('roster', data, but);
  }

  switch(transport, because, more = {}) {
    this.transport = { transport, reason: because, number: this.transport.number + 1, settled: false };
    this.tell('transport', { ...this.transport, because, roster: this.roster, ...more });
  }

  settle() {
    this.transport = { ...this.transport, settled: true };
    this.tell('settled', { number: this.transport.number, missing: [] });
  }

  tell(type, data, but) {
    for (const socket of this.sockets.values()) if (socket !== but) socket.receive({ type, data });
  }

  /** All connections break, and it has forgotten everything. */
  restart() {
    const sockets = [...this.sockets.values()];
    this.sockets.clear();
    this.transport = { ...this.transport, number: 1 };
    for (const socket of sockets) socket.close();
  }
}

/** A WebSocket of a page whose name is in its URL: `?as=ann` for the backend, the path for the SFU. */
export function fakeWebSocket(backend, sfu) {
  return class FakeWebSocket extends EventTarget {
    static OPEN = 1;
    readyState = 0;

    constructor(url) {
      super();
      const { searchParams, pathname } = new URL(url);
      this.isOfSfu = pathname.startsWith('/v1/');
      queueMicrotask(() => {
        if (this.readyState === 3) return undefined;
        if (!(this.isOfSfu ? sfu : backend).isUp) return this.close();
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
        return this.isOfSfu ? sfu.accept(this, pathname.split('/')[5]) : backend.accept(this, searchParams.get('as'), searchParams.get('peer'));
      });
    }

    send(text) {
      const message = JSON.parse(text);
      queueMicrotask(() => (this.isOfSfu ? this.receive({ type: 'ok', id: message.id, seq: 2 }) : backend.take(this, message)));
    }

    receive(message) {
      const text = JSON.stringify(message);
      queueMicrotask(() => this.readyState === 1 && this.dispatchEvent(Object.assign(new Event('message'), { data: text })));
    }

    close() {
      if (this.readyState === 3) return;
      queueMicrotask(() => {
        this.readyState = 3;
        this.dispatchEvent(new Event('close'));
      });
    }
  };
}
