// SPDX-License-Identifier: Apache-2.0
// SFUVoiceClient, one participant's place in a Veche room: plays the slots, follows the room, reconnects.

import { Problem, request, within } from './api.js';
import { Rejoin, renewalMs } from './rejoin.js';
import { RoomState } from './room.js';
import { Session } from './session.js';
import { Statistics } from './statistics.js';

export { Problem };

const AUDIBLE_MS = 300;
const TOKEN_MS = 15000; // For the function that gets tokens.
const RENEWAL_MS = { shortest: 10000, longest: 24 * 3600 * 1000 };

/** Why others cannot hear a participant of the roster: 'permission', 'backend' or 'self'; '' if they can. */
export function silencedBy({ permissions, muted_by_backend, muted_by_self }) {
  if (!permissions.publish.includes('audio')) return 'permission';
  if (muted_by_backend) return 'backend';
  return muted_by_self ? 'self' : '';
}

/**
 * Events, each with `detail`: `state` {state, reason, detail, retryMs}, `roster` (joined, left, hidden or changed; also mutes, pins, blocks),
 * `slots`, `speakers`, `notices` (what the server's plugins say of the room), `announcement` (a message of the backend, an object), `problem` (a Problem), `autoplayblocked` (call `resume` from a user's gesture).
 */
export class SFUVoiceClient extends EventTarget {
  state = 'closed'; // connecting, connected, reconnecting, closed
  muted = false; // By this participant itself; the backend may have muted it too: see silencedBy.
  sessions = 0;
  #room = new RoomState();
  #options;
  #stream = null;
  #players;
  #session = null;
  #rejoin = new Rejoin();
  #opening = Promise.resolve(); // Settled when no attempt is under way.
  #retryTimer;
  #renewTimer;
  #statistics = new Statistics();
  #onPageHide = () => this.leave();

  /**
   * `token`: a join token, or an async function that returns a fresh one for each session: a string, or an invitation, `{token, ice_servers}`. An error of
   * that function ends the call if it has `final: true` or a `status` of 4xx; otherwise the client asks again later.
   * `iceServers`: STUN and TURN servers, or an async function that returns them for each session. Without it the invitation names them, or the server.
   */
  constructor({ url = location.origin, room, participant, token, slots = 4, iceServers }) {
    super();
    const ofRoom = `${url}/v1/rooms/${encodeURIComponent(room)}`;
    this.#options = { room: ofRoom, url: `${ofRoom}/participants/${encodeURIComponent(participant)}`, token, iceServers };
    this.#players = Array.from({ length: slots }, () => Object.assign(new Audio(), { autoplay: true }));
  }

  /**
   * Opens the first session; without a stream it only listens. Rejects with a Problem if the server refuses. During a call it joins again with another
   * stream, as after a lost connection: an attempt that fails for a while is repeated.
   */
  async join(stream = null) {
    this.#stream = stream;
    this.#applyMute();
    clearTimeout(this.#retryTimer);
    if (this.state === 'closed') {
      this.#rejoin = new Rejoin({ renewsToken: typeof this.#options.token === 'function' });
      addEventListener('pagehide', this.#onPageHide);
    }
    this.#setState('connecting');
    const refused = await this.#attempt();
    if (refused) throw refused;
  }

  /** This participant's entry; null before the first snapshot. */
  get self() {
    return this.#room.self;
  }

  /** participant -> {participant, name, metadata, source_number, connected, muted, muted_by_backend, muted_by_self, permissions}: in a large room a part. */
  get roster() {
    return this.#room.roster;
  }

  /** How many are in the room; `search` finds those whom `roster` does not show. */
  get participants() {
    return this.#room.participants;
  }

  /** mid -> participant */
  get slots() {
    return this.#room.slots;
  }

  get speaking() {
    return this.#room.speaking;
  }

  get dominant() {
    return this.#room.dominant;
  }

  get pinned() {
    return this.#room.pinned;
  }

  get blocked() {
    return this.#room.blocked;
  }

  /** plugin -> an object: recording -> {active, ...} */
  get notices() {
    return this.#room.notices;
  }

  /** Why the others cannot hear this participant: 'permission', 'backend' or 'self'; '' if they can. */
  get silencedBy() {
    return this.self ? silencedBy({ ...this.self, muted_by_self: this.muted }) : this.muted ? 'self' : '';
  }

  leave() {
    this.#close('left', { remove: true });
  }

  /** Mutes here at once, and tells the server, so that others see it. What the backend has muted stays silent. */
  async setMuted(muted) {
    this.muted = muted;
    this.#applyMute();
    this.#emit('roster');
    await this.#command('mute', { muted });
  }

  async pin(participants) {
    if (await this.#command('pin', { participants })) this.#room.pinned = participants;
    this.#emit('roster');
  }

  async block(participants) {
    if (await this.#command('block', { participants })) this.#room.blocked = participants;
    this.#emit('roster');
  }

  /** A page of all that are in the room, by id: those whose name or id contains `text`. `{people, next}`; `next` is the `cursor` of the next page, or null. */
  async search(text = '', cursor = '') {
    const query = new URLSearchParams({ search: text, cursor });
    const { body } = await request(`${this.#options.room}/roster?${query}`, {}, this.#session?.token);
    const { roster, next_cursor: next } = JSON.parse(body);
    return { people: roster, next };
  }

  /** Starts the players; needs a user's gesture where the browser blocks autoplay. */
  resume() {
    for (const player of this.#players) {
      player.play().catch(({ name }) => name === 'NotAllowedError' && this.#emit('autoplayblocked'));
    }
  }

  /** The participants heard right now and their level (0..1), from the CSRCs of the slots: independent of signalling delay. */
  levels() {
    const levels = new Map();
    const bySource = new Map([...this.roster.values()].map((entry) => [entry.source_number, entry.participant]));
    const now = performance.timeOrigin + performance.now();
    for (const receiver of this.#session?.receivers ?? []) {
      for (const { source, timestamp, audioLevel = 0.1 } of receiver.getContributingSources()) {
        const participant = bySource.get(source);
        if (participant && now - timestamp < AUDIBLE_MS) levels.set(participant, audioLevel);
      }
    }
    return levels;
  }

  /** Rates since the last call. */
  async stats() {
    const report = await this.#session?.pc?.getStats();
    return { negotiations: this.#session?.negotiations ?? 0, sessions: this.sessions, ...this.#statistics.read(report ?? new Map()) };
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #setState(state, detail = {}) {
    this.state = state;
    this.#emit('state', { state, ...detail });
  }

  #applyMute() {
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = !this.silencedBy;
  }

  /** True if the server agreed; otherwise the problem has been reported. */
  async #command(type, data) {
    try {
      await this.#session?.command(type, data);
      return true;
    } catch (problem) {
      if (this.state === 'connected') this.#emit('problem', problem);
      return false;
    }
  }

  /** Opens a session, and does what has to be done if that fails. Returns the error if that ends the call. */
  async #attempt({ tell = false } = {}) {
    const session = this.#prepare();
    const former = this.#opening;
    let settle;
    this.#opening = new Promise((resolve) => {
      settle = resolve;
    });
    try {
      await former; // Its offer must not arrive after the one of this attempt: that would replace this session.
      const credentials = this.#session === session ? await this.#credentials() : null;
      if (this.#session === session) await session.open(this.#stream, this.#players, credentials);
    } catch (error) {
      if (this.#session === session) {
        const decision = this.#rejoin.failed(error, performance.now(), { ofToken: error?.ofToken });
        if (decision.end && tell) this.#emit('problem', error);
        this.#carryOut(decision);
        return decision.end ? error : null;
      }
    } finally {
      settle();
    }
    if (this.#session !== session) return null;
    this.#rejoin.answered();
    this.#renewLater(session);
    this.resume();
    return null;
  }

  /** A session to open, in place of the present one. */
  #prepare() {
    this.#session?.close();
    const session = new Session({
      url: this.#options.url,
      renewToken: typeof this.#options.token === 'function' ? async () => (await this.#invitation()).token : null,
      onConnected: () => this.#connected(),
      onMessage: (message) => this.#receive(message),
      onEnd: (reason, detail) => this.#carryOut(this.#rejoin.ended(reason, performance.now()), detail),
    });
    clearTimeout(this.#renewTimer);
    this.#session = session;
    this.#statistics = new Statistics();
    this.sessions += 1;
    return session;
  }

  /** `{token, ice_servers}`; the latter may be missing. */
  async #invitation() {
    const { token } = this.#options;
    if (typeof token !== 'function') return { token };
    try {
      const given = await within(TOKEN_MS, Promise.resolve(token()), 'The token does not come');
      const invitation = given && typeof given === 'object' ? given : { token: given };
      if (typeof invitation.token === 'string' && invitation.token) return invitation;
    } catch (error) {
      throw Object.assign(error instanceof Error ? error : new Problem(error ?? {}), { ofToken: true });
    }
    throw new Problem({ title: 'The function that gets tokens returned none', final: true });
  }

  /** For one attempt: credentials of TURN servers expire too. */
  async #credentials() {
    const { url, iceServers } = this.#options;
    const { token, ice_servers: invited } = await this.#invitation();
    if (typeof iceServers === 'function') return { token, iceServers: await iceServers() };
    if (iceServers ?? invited) return { token, iceServers: iceServers ?? invited };
    try {
      const { body } = await request(`${url}/ice-servers`, {}, token);
      return { token, iceServers: JSON.parse(body).ice_servers };
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      return { token, iceServers: [] }; // A server older than this route.
    }
  }

  /** Replaces the session's token before it expires, if there is a function for it. */
  #renewLater(session) {
    const ms = typeof this.#options.token === 'function' ? renewalMs(session.token, Date.now()) : null;
    if (ms === null) return;
    this.#renewTimer = setTimeout(async () => {
      const invitation = await this.#invitation().catch(() => null); // Then the server refuses the next attempt, which decides.
      if (this.#session !== session || !invitation || invitation.token === session.token) return;
      session.renew(invitation.token);
      this.#renewLater(session);
    }, Math.min(RENEWAL_MS.longest, Math.max(RENEWAL_MS.shortest, ms)));
  }

  #connected() {
    this.#rejoin.connected(performance.now());
    this.#setState('connected');
  }

  #carryOut({ end, retryMs, reason }, detail = '') {
    if (end) return this.#close(end, { detail });
    this.#session?.close();
    this.#setState('reconnecting', { reason, retryMs });
    this.#retryTimer = setTimeout(() => this.#attempt({ tell: true }), retryMs);
  }

  #close(reason, { remove = false, detail = '' } = {}) {
    if (this.state === 'closed') return;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#renewTimer);
    removeEventListener('pagehide', this.#onPageHide);
    this.#session?.close({ remove });
    this.#session = null;
    for (const player of this.#players) player.srcObject = null;
    this.#room.clear();
    this.#setState('closed', { reason, detail });
  }

  #receive(message) {
    if (message.type === 'announcement') this.#emit('announcement', message.data);
    if (message.type === 'hint') this.#session?.limitBitrate(message.data.max_bitrate_bps);
    const changed = this.#room.take(message);
    if (changed.includes('roster')) this.#applyMute();
    // A command may have been lost with a WebSocket.
    const isState = message.type === 'snapshot' || message.type === 'resumed';
    if (isState && this.self.muted_by_self !== this.muted) this.#command('mute', { muted: this.muted });
    for (const what of changed) this.#emit(what);
  }
}
