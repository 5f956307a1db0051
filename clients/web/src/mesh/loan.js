// SPDX-License-Identifier: Apache-2.0
// A person's microphone, lent to two clients that send it at the same time: each has a track of its own to mute and to stop.

import { StreamMicrophone } from '../call/feed.js';
import { VoiceError } from '../protocol/voice_error.js';

/** @typedef {import('../call/feed.js').MicrophoneLike} MicrophoneLike */

/** @implements {MicrophoneLike} */
class Loan extends EventTarget {
  state = 'open';
  /** @type {MediaStreamTrack | null} */
  track = null;
  stream = new MediaStream();
  #source;
  #end = new AbortController();

  /** @param {MicrophoneLike} source */
  constructor(source) {
    super();
    this.#source = source;
    this.#copy();
    const { signal } = this.#end;
    source.addEventListener('track', () => {
      const former = this.track;
      this.#copy();
      this.dispatchEvent(new CustomEvent('track', { detail: { track: this.track } }));
      former?.stop(); // It was sent until now.
    }, { signal });
    source.addEventListener('state', ({ detail }) => this.dispatchEvent(new CustomEvent('state', { detail })), { signal });
  }

  take() {
    this.#source.take?.();
  }

  /** @param {RTCRtpSender | null} sender */
  observe(sender) {
    this.#source.observe?.(sender);
  }

  /** The loan, and not the microphone. */
  close() {
    this.state = 'closed';
    this.#end.abort();
    this.track?.stop();
  }

  #copy() {
    this.track = this.#source.track?.clone() ?? null;
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
    if (this.track) this.stream.addTrack(this.track);
  }
}

export class Lender {
  /** @type {MicrophoneLike | null} */
  #microphone = null;
  #isOpen = true;

  /** From now on this one. The former one stays as it is: it is the caller's. @param {import('../client_types.js').MicrophoneSource} source */
  use(source) {
    const microphone = source && 'getAudioTracks' in source ? new StreamMicrophone(source) : source;
    if (microphone?.state === 'closed') throw new VoiceError('no-microphone');
    this.#microphone = microphone;
    this.open(this.#isOpen);
  }

  /** For one client; null: there is no microphone. */
  lend() {
    return this.#microphone && new Loan(this.#microphone);
  }

  /** Whether its owner wants it to be heard: of the microphone itself, which others look at. @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
    if (this.#microphone?.track) this.#microphone.track.enabled = isOpen;
  }

  /** @param {{close: boolean}} options */
  release({ close }) {
    if (close) this.#microphone?.close();
    this.#microphone = null;
  }
}
