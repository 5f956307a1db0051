// SPDX-License-Identifier: Apache-2.0
// One session of a participant: a resource of the server, the PeerConnection that belongs to it, and its events.

import { Problem } from '../protocol/voice_error.js';
import { Events, NOT_CONNECTED } from './events.js';
import { Peer } from './peer.js';

const CONNECTING_MS = 10000;
/** An ICE restart that takes longer will not succeed any more: a new session will, or nothing. */
const RESTARTING_MS = 4000;
/** The server answers such requests at once; on a network that swallows them the next attempt must not wait for long. */
export const PROBING_MS = 4000;
/** A fragment that changes nothing: the answer tells whether the server still has the session. */
const NOTHING_NEW = 'a=end-of-candidates\r\n';
/** Not this session, but maybe another one: it has ended, was replaced, is not ready, or its path cannot restart ICE. */
const BEYOND_REVIVAL = new Set([400, 404, 405, 409, 412, 422]);
/** The session goes on without its WebSocket, which needs another token. */
const TOKEN_REASONS = new Set(['token_expired', 'key_removed']);

/** @typedef {import('./api.js').Request} Request */
/** @typedef {import('./events.js').Message} Message */
/** @typedef {{token: string, iceServers: RTCIceServer[]}} Credentials */
/** @typedef {{track: MediaStreamTrack | null, stream: MediaStream | null, slots: number}} Media */

/**
 * @typedef {object} SessionOptions
 * @property {string} url of the participant
 * @property {string} participant
 * @property {Request} request
 * @property {(() => Promise<string>) | null} renewToken Returns a fresh token; null: there is only the one.
 * @property {import('./peer.js').Encryption | null} encryption
 * @property {() => number} random
 * @property {() => void} onConnected Also when it is connected again.
 * @property {(reason: string) => void} onTrouble Its network or its events are lost, but `revive` may help.
 * @property {(reason: string, detail?: string) => void} onEnd The last call.
 * @property {(message: Message) => void} onMessage
 */

/** Opened once. When it is in trouble it may be revived; any other failure ends it, and the client makes another. */
export class Session {
  token = '';
  /** @type {Peer | undefined} */
  peer;
  /** @type {Events | undefined} */
  events;
  #options;
  /** @type {URL | undefined} */
  #location;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog; // While it connects.
  #wasConnected = false;
  #isReviving = false; // Until it is connected.
  #tellOver = () => {};
  /** @type {Promise<void>} Settled when it is closed. */
  #over = new Promise((resolve) => (this.#tellOver = () => resolve()));
  #ended = false;
  #isToLeave = false;

  /** @param {SessionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** The server may still have it. */
  get isOpen() {
    return !this.#ended && this.#location !== undefined;
  }

  get isConnected() {
    return this.peer?.state === 'connected';
  }

  /**
   * Rejects with a Problem.
   * @param {Media} media
   * @param {Credentials} credentials
   * @param {AbortSignal} [signal]
   */
  async open(media, { token, iceServers }, signal) {
    const { url, request, encryption, participant } = this.#options;
    this.token = token;
    this.peer = new Peer({ iceServers, encryption, onState: (state) => this.#peerChanged(state) });
    const body = await this.peer.offer({ ...media, participant });
    if (this.#ended) return;
    const query = encryption?.isActive ? 'hints=true&encrypted=true' : 'hints=true';
    const headers = { 'Content-Type': 'application/sdp' };
    const answer = await request(`${url}/session?${query}`, { method: 'POST', headers, body, signal }, token);
    this.#location = new URL(answer.headers.get('Location') ?? '', answer.url);
    if (this.#ended) {
      if (this.#isToLeave) this.#remove();
      return;
    }
    this.#restartWatchdog(CONNECTING_MS); // First: it ends when the connection is up.
    await this.peer.answer(answer.body);
    if (!this.#ended) this.events = this.#listen();
  }

  /**
   * Finds out whether the server still has it, restarts ICE, and resumes its events. False: only another session helps. Rejects with a Problem where
   * nobody knows.
   * @param {Credentials} credentials
   * @param {{always?: boolean, signal?: AbortSignal}} [options] `always`: ICE is restarted although the connection looks alive.
   */
  async revive({ token, iceServers }, { always = false, signal } = {}) {
    if (!this.isOpen || !this.peer || !this.events) return false;
    this.token = token;
    this.#isReviving = true;
    const wasConnected = this.isConnected;
    try {
      await Promise.race([this.#over, this.#patch(NOTHING_NEW, signal)]);
      if (!this.#ended && (always || !this.isConnected)) {
        const answer = await Promise.race([this.#over, this.#patch(await this.peer.restart(iceServers), signal)]);
        if (answer) await this.peer.restarted(answer.body);
      }
    } catch (error) {
      this.#isReviving = false;
      if (this.isConnected && !wasConnected) this.events.resume(token); // By itself.
      if (!(error instanceof Problem)) return false; // It is an error of the browser.
      if (!BEYOND_REVIVAL.has(error.status)) throw error;
      if (error.status === 404 && (await this.#isElsewhere(signal))) this.end('replaced');
      return false;
    }
    if (this.#ended) return false;
    this.events.resume(token);
    if (this.isConnected) this.#connected();
    else this.#restartWatchdog(RESTARTING_MS);
    return true;
  }

  /** From now on with another token: the old one will not outlive its WebSocket, nor let this participant leave. @param {string} token */
  renew(token) {
    if (this.#ended) return;
    this.token = token;
    this.events?.renew(token); // Else they are opened with it.
  }

  /**
   * Sends a command; settles with the server's answer to it.
   * @param {string} type
   * @param {object} data
   * @returns {Promise<void>}
   */
  command(type, data) {
    return this.events ? this.events.command(type, data) : Promise.reject(new Problem({ title: 'Not connected', type: NOT_CONNECTED }));
  }

  /**
   * Ends it quietly. With `remove` the server is told, even while the page goes away, and even of a session whose connection was lost.
   * @param {{remove?: boolean}} [options]
   */
  close({ remove = false } = {}) {
    if (!this.#ended) {
      this.#ended = true;
      this.#tellOver();
      clearTimeout(this.#watchdog);
      this.events?.close();
      this.peer?.close();
    }
    this.#isToLeave ||= remove;
    if (remove) this.#remove();
  }

  /** @param {string} reason @param {string} [detail] */
  end(reason, detail) {
    if (this.#ended) return;
    this.close();
    this.#options.onEnd(reason, detail);
  }

  /** Without it the others would see this participant until the server notices that nothing arrives any more. */
  async #remove() {
    if (!this.#location) return;
    const { request, renewToken } = this.#options;
    const location = this.#location;
    /** @param {string} token */
    const remove = (token) => request(location, { method: 'DELETE', keepalive: true }, token);
    try {
      await remove(this.token).catch(async (problem) => {
        if (problem.status !== 401 || !renewToken) throw problem;
        await remove(await renewToken());
      });
    } catch {
      // The server is away, or has ended this session itself.
    }
  }

  /** Whether the same participant has joined at another place meanwhile, which must not be pushed out. @param {AbortSignal} [signal] */
  async #isElsewhere(signal) {
    try {
      const { body } = await this.#options.request(this.#options.url, { signal, timeoutMs: PROBING_MS }, this.token);
      return JSON.parse(body).state === 'connected';
    } catch {
      return false;
    }
  }

  /** @param {string} body @param {AbortSignal} [signal] */
  #patch(body, signal) {
    const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' };
    return this.#options.request(/** @type {URL} */ (this.#location), { method: 'PATCH', headers, body, signal, timeoutMs: PROBING_MS }, this.token);
  }

  /** @param {number} timeMs */
  #restartWatchdog(timeMs) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.end('no connection'), timeMs);
  }

  /** @param {import('./peer.js').PeerState} state */
  #peerChanged(state) {
    if (state === 'connected') {
      if (this.#wasConnected && !this.#isReviving) this.events?.resume(this.token); // By itself, but what the WebSocket says is late, or lost.
      this.#connected();
    } else if (state === 'failed' && !this.#wasConnected) {
      this.end('connection failed');
    } else if (state === 'failed' || state === 'disconnected') {
      this.#options.onTrouble(state === 'failed' ? 'connection failed' : 'connection lost');
    }
  }

  #connected() {
    clearTimeout(this.#watchdog);
    this.#isReviving = false;
    this.#wasConnected = true;
    this.#options.onConnected();
  }

  #listen() {
    const { url, random, onTrouble, onMessage } = this.#options;
    return new Events({
      url: `${url}/events`,
      token: this.token,
      random,
      onMessage: (message) => {
        if (message.type !== 'closing') onMessage(message);
        else if (TOKEN_REASONS.has(message.data.reason)) onTrouble(message.data.reason);
        else this.end(message.data.reason, message.data.detail);
      },
      onLost: () => onTrouble('events lost'),
    });
  }
}
