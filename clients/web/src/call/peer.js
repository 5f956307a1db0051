// SPDX-License-Identifier: Apache-2.0
// The PeerConnection of a session: one offer with everything in it, and later ICE restarts.

import { restartFragment, withFragment, withOpusParameters, withRetransmission } from '../protocol/sdp.js';
import { VoiceError } from '../protocol/voice_error.js';

const GATHERING_MS = 1000; // Host candidates are enough: the server learns the others from the source of checks.

/** What the server repeats comes up to two packets of 20 ms late, and what it sends again a burst and a round trip late. */
const LOSSY_BUFFER_MS = 120;

/** @typedef {'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'} PeerState */

/**
 * What encrypts end to end, as SFUVoiceClient takes it.
 * @typedef {object} Encryption
 * @property {boolean} isActive The server is told, and leaves the frames as they are.
 * @property {object} [configuration] Further members of the RTCPeerConnection's configuration.
 * @property {(sender: RTCRtpSender, participant: string) => void} attachSender
 * @property {(receiver: RTCRtpReceiver) => void} attachReceiver
 * @property {(roster: Map<string, any>) => void} [participants]
 * @property {(type: 'state', listener: (event: any) => void) => void} addEventListener
 */

/** @param {RTCPeerConnection} pc */
function gathered(pc) {
  return /** @type {Promise<void>} */ (new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS);
    const check = () => {
      if (pc.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    };
    pc.addEventListener('icegatheringstatechange', check);
    check();
  }));
}

/** Whether this browser has what a call needs. Found out by feature: what a browser calls itself says nothing. */
export function isSupported() {
  return typeof RTCPeerConnection === 'function' && 'addTransceiver' in RTCPeerConnection.prototype && typeof WebSocket === 'function';
}

export class Peer {
  negotiations = 0;
  /** @type {RTCRtpReceiver[]} One for each slot. */
  receivers = [];
  #pc;
  #encryption;
  #configuration;
  /** @type {RTCRtpTransceiver | undefined} */
  #microphone;
  /** @type {RTCRtpTransceiver[]} */
  #slots = [];
  #answer = '';
  #obeyed = Promise.resolve(); // Settled when the microphone is as the last hint asks.

  /**
   * @param {object} options
   * @param {RTCIceServer[]} options.iceServers
   * @param {Encryption | null} options.encryption
   * @param {(state: PeerState) => void} options.onState
   */
  constructor({ iceServers, encryption, onState }) {
    if (!isSupported()) throw new VoiceError('not-supported');
    this.#encryption = encryption;
    /** @type {RTCConfiguration} */
    this.#configuration = { bundlePolicy: 'max-bundle', iceServers, ...encryption?.configuration };
    this.#pc = new RTCPeerConnection(this.#configuration);
    let before = this.state;
    const changed = () => {
      if (this.state === before) return;
      before = this.state;
      onState(before);
    };
    this.#pc.addEventListener('connectionstatechange', changed);
    this.#pc.addEventListener('iceconnectionstatechange', changed);
  }

  /** Browsers without `connectionState` have that of ICE. @returns {PeerState} */
  get state() {
    const { connectionState, iceConnectionState: ice } = this.#pc;
    return connectionState ?? (ice === 'completed' ? 'connected' : ice === 'checking' ? 'connecting' : ice);
  }

  get sender() {
    return this.#microphone?.sender;
  }

  /** The mids of the slots. */
  get mids() {
    return this.#slots.map(({ mid }) => mid);
  }

  getStats() {
    return this.#pc.getStats();
  }

  /**
   * The offer: a section for the microphone, if there is one, and one for each slot.
   * @param {{track: MediaStreamTrack | null, stream: MediaStream | null, slots: number, participant: string}} wanted
   */
  async offer({ track, stream, slots, participant }) {
    if (track) this.#microphone = this.#pc.addTransceiver(track, { direction: 'sendonly', streams: stream ? [stream] : [] });
    this.#slots = Array.from({ length: slots }, () => this.#pc.addTransceiver('audio', { direction: 'recvonly' }));
    this.receivers = this.#slots.map(({ receiver }) => receiver);
    if (this.#encryption) this.#encrypt(this.#encryption, participant);
    await this.#propose();
    await gathered(this.#pc);
    return withOpusParameters(this.#pc.localDescription?.sdp ?? '');
  }

  /** @param {string} sdp */
  async answer(sdp) {
    this.#answer = withOpusParameters(sdp);
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: this.#answer });
  }

  /** Begins an ICE restart, also after one that got no answer; returns the fragment for the server. @param {RTCIceServer[]} iceServers */
  async restart(iceServers) {
    this.#configuration.iceServers = iceServers;
    this.#pc.setConfiguration?.(this.#configuration);
    if (this.#pc.signalingState !== 'stable') await this.#pc.setLocalDescription({ type: 'rollback' });
    return restartFragment(await this.#propose({ iceRestart: true }));
  }

  /** @param {string} fragment of the server */
  async restarted(fragment) {
    await this.answer(withFragment(this.#answer, fragment));
  }

  /**
   * Keeps the microphone below the bit rate that the server asks for; where it asks nothing, the browser chooses. No browser can be told the length of packets
   * or DTX while it sends.
   * @param {{tracks?: {mid: string, max_bitrate_bps?: number | null}[]}} hint
   */
  obey(hint) {
    this.#obeyed = this.#obeyed.then(() => this.#obey(hint)).catch(() => {}); // One after the other. It is only a wish; the call continues without it.
  }

  /** On a link that loses packets the browser plays a little later, and so has what the server repeats in time. @param {boolean} isLossy */
  waitForRepeats(isLossy) {
    for (const receiver of this.receivers) if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = isLossy ? LOSSY_BUFFER_MS : null;
  }

  /** @param {MediaStreamTrack | null} track */
  async send(track) {
    await this.sender?.replaceTrack(track);
  }

  close() {
    this.#pc.close();
  }

  /** Whatever it throws, nothing is sent in the clear. @param {Encryption} encryption @param {string} participant */
  #encrypt(encryption, participant) {
    // The server cannot read what is inside RED, so it would drop it.
    const codecs = globalThis.RTCRtpReceiver?.getCapabilities?.('audio')?.codecs.filter(({ mimeType }) => mimeType.toLowerCase() !== 'audio/red');
    for (const transceiver of this.#pc.getTransceivers()) if (codecs) transceiver.setCodecPreferences?.(codecs);
    if (this.sender) encryption.attachSender(this.sender, participant);
    for (const receiver of this.receivers) encryption.attachReceiver(receiver);
  }

  /** @param {RTCOfferOptions} [options] */
  async #propose(options) {
    const { type, sdp = '' } = await this.#pc.createOffer(options);
    // A browser may take no offer but its own.
    await this.#pc.setLocalDescription({ type, sdp: withRetransmission(sdp) }).catch(() => this.#pc.setLocalDescription({ type, sdp }));
    this.negotiations += 1;
    return sdp;
  }

  /** @param {Parameters<Peer['obey']>[0]} hint */
  async #obey({ tracks = [] }) {
    if (!this.#microphone) return;
    const { mid, sender } = this.#microphone;
    const bps = tracks.find((track) => track.mid === mid)?.max_bitrate_bps ?? 0;
    const parameters = sender.getParameters(); // Read, then set.
    for (const encoding of parameters.encodings ?? []) {
      if (bps > 0) encoding.maxBitrate = bps;
      else delete encoding.maxBitrate;
    }
    await sender.setParameters(parameters);
  }
}
