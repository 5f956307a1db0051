// SPDX-License-Identifier: Apache-2.0
// What a client sends: the present track of its microphone, open or not.

import { VoiceError } from '../protocol/voice_error.js';

/**
 * @typedef {object} MicrophoneLike
 * @property {MediaStreamTrack | null} track
 * @property {MediaStream | null} stream
 * @property {string} state
 * @property {() => void} close
 * @property {() => unknown} [take] Takes it from another tab.
 * @property {(sender: RTCRtpSender | null) => void} [observe]
 * @property {(type: any, listener: (event: any) => void, options?: any) => void} addEventListener
 */

/** A stream of the page's own, as a microphone whose track stays. */
export class StreamMicrophone extends EventTarget {
  state = 'open';

  /** @param {MediaStream} stream */
  constructor(stream) {
    super();
    this.stream = stream;
    this.track = stream.getAudioTracks()[0] ?? null;
    if (this.track?.readyState === 'ended') this.state = 'closed';
    this.track?.addEventListener('ended', () => {
      this.state = 'lost';
      this.dispatchEvent(new CustomEvent('state', { detail: { state: 'lost', reason: 'ended' } }));
    });
  }

  close() {
    this.state = 'closed';
    for (const track of this.stream.getTracks()) track.stop();
  }
}

export class Feed {
  #onTrack;
  #onState;
  /** @type {MicrophoneLike | null} */
  #microphone = null;
  #present = new AbortController(); // Ends the listening to the present microphone.
  #isOpen = true;

  /** @param {{onTrack: (track: MediaStreamTrack | null) => void, onState: (detail: {state: string, reason: string}) => void}} handlers */
  constructor({ onTrack, onState }) {
    this.#onTrack = onTrack;
    this.#onState = onState;
  }

  /** @returns {MediaStreamTrack | null} */
  get track() {
    return this.#microphone?.track ?? null;
  }

  /** @returns {MediaStream | null} */
  get stream() {
    return this.#microphone?.stream ?? null;
  }

  /**
   * From now on this one. The former one stays as it is: it is the caller's.
   * @param {MicrophoneLike | MediaStream | null} source
   */
  use(source) {
    const microphone = source && 'getAudioTracks' in source ? new StreamMicrophone(source) : source;
    if (microphone?.state === 'closed') throw new VoiceError('no-microphone', { message: 'The microphone has been closed: open it again' });
    this.#present.abort();
    this.#present = new AbortController();
    if (microphone !== this.#microphone) this.observe(null);
    this.#microphone = microphone;
    const { signal } = this.#present;
    microphone?.addEventListener('track', ({ detail: { track } }) => this.#changed(track), { signal });
    microphone?.addEventListener('state', ({ detail }) => this.#onState(detail), { signal });
    this.open(this.#isOpen);
  }

  /** Whether sound may leave. @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
    if (this.track) this.track.enabled = isOpen;
  }

  /** The person speaks here now: in no other tab. */
  take() {
    this.#microphone?.take?.();
  }

  /** @param {RTCRtpSender | null} sender */
  observe(sender) {
    this.#microphone?.observe?.(sender);
  }

  /** Lets go of the microphone; with `close` for good. @param {{close: boolean}} options */
  release({ close }) {
    this.#present.abort();
    this.observe(null);
    if (close) this.#microphone?.close();
    this.#microphone = null;
  }

  /** @param {MediaStreamTrack | null} track */
  #changed(track) {
    this.open(this.#isOpen);
    this.#onTrack(track);
  }
}
