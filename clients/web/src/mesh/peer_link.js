// SPDX-License-Identifier: Apache-2.0
// The connection to one other page: one RTCPeerConnection, and while that is in trouble the next one.

import { withOpusParameters } from '../protocol/sdp.js';
import { LinkLife } from './link_life.js';

const CANDIDATES_MS = 50; // Candidates are sent together, so that few messages have to be sent.

/**
 * @typedef {object} Signal
 * @property {number} call Counts the connections that the offering page has made.
 * @property {RTCSessionDescriptionInit} [description]
 * @property {RTCIceCandidateInit[]} [candidates]
 * @property {boolean} [restart] The answering page asks for another connection.
 */

/**
 * @typedef {object} LinkOptions
 * @property {string} peer The other page.
 * @property {boolean} offers Whether this page makes the offers: of two pages always the same one does.
 * @property {() => number} nextCall
 * @property {string} participant This one.
 * @property {() => RTCIceServer[]} iceServers
 * @property {import('../call/peer.js').Encryption | null} encryption
 * @property {() => MediaStreamTrack | null} track To send.
 * @property {() => number} random
 * @property {(signal: Signal) => void} send
 * @property {(track: MediaStreamTrack) => void} onTrack What is to be played from now on.
 * @property {() => void} onState
 */

/** One connection, and what belongs to it. */
class Attempt {
  /** @type {RTCIceCandidateInit[]} */
  gathered = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  #turn = Promise.resolve(); // Descriptions and candidates, one after the other.

  /** @param {RTCPeerConnection} pc @param {number} call */
  constructor(pc, call) {
    this.pc = pc;
    this.call = call;
  }

  get transceiver() {
    return this.pc.getTransceivers()[0];
  }

  /** @param {() => Promise<void>} task A failure shows as a connection that does not come. */
  then(task) {
    this.#turn = this.#turn.then(task).catch(() => {});
  }

  close() {
    clearTimeout(this.timer);
    this.pc.close();
  }
}

export class PeerLink {
  peer;
  #options;
  #life;
  /** @type {Attempt | null} */
  #present = null; // Which is played.
  /** @type {Attempt | null} */
  #next = null; // Which takes its place once it is connected.
  #isStale = false; // The present one does not count.
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
    this.peer = options.peer;
    this.#life = new LinkLife(options.random);
    this.renew();
  }

  get isConnected() {
    return !this.#isStale && this.#present?.pc.connectionState === 'connected';
  }

  /** @returns {RTCRtpReceiver | undefined} */
  get receiver() {
    return this.#present?.transceiver?.receiver;
  }

  /** Makes the connection anew: the other page may have closed its end, which takes seconds to be seen. The present one is played meanwhile. */
  renew() {
    this.#isStale = true;
    if (this.#options.offers) this.#offer();
    else this.#wait('new');
  }

  /** @param {MediaStreamTrack | null} track */
  async setTrack(track) {
    const senders = [this.#present, this.#next].map((attempt) => attempt?.transceiver?.sender);
    await Promise.all(senders.map((sender) => sender?.replaceTrack(track).catch(() => {}))); // Of a connection that has just been closed.
  }

  async getStats() {
    return this.#present?.pc.getStats();
  }

  /** @param {Signal} signal */
  receive({ call, description, candidates, restart }) {
    const { offers } = this.#options;
    const known = this.#newest?.call ?? 0;
    if (restart && offers && (call === known || call === 0)) return this.#offer();
    if (description?.type === 'offer' && !offers && call > known) this.#describe(this.#attempt(call), description);
    const attempt = this.#newest;
    if (attempt?.call !== call) return; // Of a connection that is gone.
    if (description?.type === 'answer' && offers) this.#describe(attempt, description);
    for (const candidate of candidates ?? []) attempt.then(() => attempt.pc.addIceCandidate(candidate));
  }

  get #newest() {
    return this.#next ?? this.#present;
  }

  close() {
    clearTimeout(this.#timer);
    this.#present?.close();
    this.#next?.close();
    this.#present = this.#next = null;
  }

  #offer() {
    const { encryption, track } = this.#options;
    const attempt = this.#attempt(this.#options.nextCall());
    attempt.then(async () => {
      const { pc } = attempt;
      const transceiver = pc.addTransceiver(track() ?? 'audio', { direction: 'sendrecv' });
      if (encryption) this.#encrypt(encryption, transceiver);
      await pc.setLocalDescription();
      this.#sendDescription(attempt);
    });
  }

  /** @param {Attempt} attempt @param {RTCSessionDescriptionInit} description */
  #describe(attempt, { type, sdp = '' }) {
    const { encryption, track } = this.#options;
    attempt.then(async () => {
      const { pc } = attempt;
      await pc.setRemoteDescription({ type, sdp: withOpusParameters(sdp) });
      if (type === 'answer') return;
      attempt.transceiver.direction = 'sendrecv';
      if (encryption) this.#encrypt(encryption, attempt.transceiver);
      await attempt.transceiver.sender.replaceTrack(track());
      await pc.setLocalDescription();
      this.#sendDescription(attempt);
    });
  }

  /** Whatever it throws, nothing is sent in the clear. @param {import('../call/peer.js').Encryption} encryption @param {RTCRtpTransceiver} transceiver */
  #encrypt(encryption, transceiver) {
    encryption.attachSender(transceiver.sender, this.#options.participant);
    encryption.attachReceiver(transceiver.receiver);
  }

  /** @param {number} call @returns {Attempt} */
  #attempt(call) {
    const { iceServers, encryption } = this.#options;
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: iceServers(), ...encryption?.configuration });
    const attempt = new Attempt(pc, call);
    this.#next?.close();
    this.#next = attempt;
    pc.addEventListener('connectionstatechange', () => this.#changed(attempt));
    pc.addEventListener('icecandidate', ({ candidate }) => candidate && this.#gather(attempt, candidate.toJSON()));
    this.#wait('new');
    return attempt;
  }

  /** @param {Attempt} attempt @param {RTCIceCandidateInit} candidate */
  #gather(attempt, candidate) {
    attempt.gathered.push(candidate);
    attempt.timer ??= setTimeout(() => {
      attempt.timer = undefined;
      this.#options.send({ call: attempt.call, candidates: attempt.gathered.splice(0) });
    }, CANDIDATES_MS);
  }

  /** @param {Attempt} attempt */
  #sendDescription({ call, pc: { localDescription } }) {
    if (localDescription) this.#options.send({ call, description: { type: localDescription.type, sdp: localDescription.sdp } });
  }

  /** @param {Attempt} attempt */
  #changed(attempt) {
    const state = attempt.pc.connectionState;
    if (attempt === this.#next && state === 'connected') {
      this.#present?.close();
      this.#present = attempt;
      this.#next = null;
      this.#isStale = false;
      this.#options.onTrack(attempt.transceiver.receiver.track);
    }
    if (attempt === this.#newest) this.#wait(state);
    this.#options.onState();
  }

  /** @param {string} state of the newest connection */
  #wait(state) {
    clearTimeout(this.#timer);
    const patienceMs = this.#life.patienceMs(state);
    if (patienceMs === null) return;
    this.#timer = setTimeout(() => {
      if (this.#options.offers) return this.#offer();
      this.#options.send({ call: this.#newest?.call ?? 0, restart: true });
      this.#wait('new');
    }, patienceMs);
  }
}
