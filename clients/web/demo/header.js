// SPDX-License-Identifier: Apache-2.0
// Header, the state of the call in one line, and a banner while it is interrupted.

import { $, setText } from './dom.js';

const SECOND_MS = 1000;
const WORDS = { connecting: 'Connecting…', connected: 'Connected', reconnecting: 'Reconnecting…', closed: '' };
const QUALITY = { good: 'Good network', fair: 'Fair network', poor: 'Weak network' };
const REASONS = {
  loss: 'packets are lost', congestion: 'your link is full', overload: 'the server is busy', delay: 'the way is long or uneven' };

export class Header {
  #call = null;
  #retry = null; // {attempt, atMs}
  #timer;

  begin(call, signal) {
    this.#call = call;
    const { client } = call;
    client.addEventListener('state', ({ detail }) => this.#showState(detail), { signal });
    client.addEventListener('network', () => this.#showNetwork(), { signal });
    client.addEventListener('notices', () => this.#showRecording(), { signal });
    setText($('room-title'), call.room);
    $('encrypted').hidden = !call.isEncrypted;
    this.#showNetwork();
    this.#showRecording();
    signal.addEventListener('abort', () => {
      clearInterval(this.#timer);
      this.#retry = null;
      this.#showBanner();
    });
  }

  #showState({ state, attempt = 0, retryMs = 0, reason = '' }) {
    setText($('state'), WORDS[state]);
    $('state').dataset.state = state;
    $('state').title = state === 'reconnecting' ? reason : '';
    clearInterval(this.#timer);
    this.#retry = state === 'reconnecting' ? { attempt, atMs: performance.now() + retryMs } : null;
    if (this.#retry) this.#timer = setInterval(() => this.#showBanner(), SECOND_MS);
    this.#showBanner();
    this.#showNetwork();
  }

  /** Not a live region: the state is, and says it once. */
  #showBanner() {
    $('banner').hidden = !this.#retry;
    if (!this.#retry) return;
    const seconds = Math.ceil((this.#retry.atMs - performance.now()) / SECOND_MS);
    const attempt = this.#retry.attempt > 0 ? `Attempt ${this.#retry.attempt}` : 'The next attempt';
    const when = seconds > 0 ? `${attempt} in ${seconds} s.` : `${attempt}: trying now…`;
    setText($('banner').lastElementChild, `The connection is lost. ${when}`);
  }

  #showNetwork() {
    const { quality, reason } = this.#call.client.network;
    const isKnown = quality in QUALITY && this.#call.client.state === 'connected';
    $('network').hidden = !isKnown;
    if (!isKnown) return;
    $('network').dataset.quality = quality;
    setText($('network').lastElementChild, reason ? `${QUALITY[quality]}: ${REASONS[reason] ?? reason}` : QUALITY[quality]);
  }

  #showRecording() {
    const active = this.#call.client.notices.get('recording')?.active === true;
    $('recording').hidden = !active;
    setText($('recording'), active ? 'Recording' : '');
  }
}
