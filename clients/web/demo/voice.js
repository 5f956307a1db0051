// SPDX-License-Identifier: Apache-2.0
// Voice, the page's one microphone: opened as the preferences say, exchanged when they change, watched for what goes wrong.

import { Microphone } from '../src/index.js';

const LOST = { title: 'Your microphone is gone.', advice: 'Connect it again, or choose another one.' };
const ELSEWHERE = { title: 'You talk in another tab.', advice: '' };
const INTERRUPTED = { title: 'Something else has your microphone, such as a phone call.', advice: 'It comes back by itself when that is over.' };
const SILENT = {
  title: 'You are muted by your system.', advice: 'The microphone gives no sound: look at its switch, and at the sound settings of this machine.' };

/** The event `change` says that `current` is another one. */
export class Voice extends EventTarget {
  #preferences;
  #notices;
  #settings; // Shows the settings.
  /** The Microphone; null: there is none. */
  current = null;

  constructor({ preferences, notices, openSettings }) {
    super();
    this.#preferences = preferences;
    this.#notices = notices;
    this.#settings = { label: 'Settings', run: openSettings };
  }

  /** Opens it, unless it is. Rejects with a VoiceError. */
  async open() {
    if (!this.current) this.#use(await this.#opened());
    return this.current;
  }

  /** Uses the device of the preferences; rejects with a VoiceError, and goes on with the former one. */
  async useDevice() {
    await this.current?.useDevice(this.#preferences.get('microphone'));
    this.dispatchEvent(new Event('change'));
  }

  /** Opens it anew, processed and shared as the preferences say. During a call `exchange` puts it in the place of the former one. */
  async reopen(exchange = async () => {}) {
    const former = this.current;
    const fresh = await this.#opened();
    try {
      await exchange(fresh);
    } catch (error) {
      fresh.close();
      throw error;
    }
    former?.close();
    this.#use(fresh);
  }

  close() {
    this.current?.close();
    this.#use(null);
  }

  #opened() {
    const [deviceId, processing, shared] = ['microphone', 'processing', 'shared'].map((name) => this.#preferences.get(name));
    return Microphone.open({ deviceId, processing, shared });
  }

  #use(microphone) {
    this.current = microphone;
    for (const kind of ['microphone', 'silent']) this.#notices.hide(kind);
    microphone?.addEventListener('state', ({ detail }) => microphone === this.current && this.#showState(detail));
    microphone?.addEventListener('silent', ({ detail }) => microphone === this.current && this.#showSilent(detail));
    this.dispatchEvent(new Event('change'));
  }

  #showState({ state, reason }) {
    this.#notices.hide('microphone');
    if (state === 'lost') this.#notices.show('microphone', { ...LOST, action: this.#settings });
    const here = { label: 'Talk here', run: () => this.current?.take() };
    if (state === 'interrupted') this.#notices.show('microphone', reason === 'other-tab' ? { ...ELSEWHERE, action: here } : INTERRUPTED);
  }

  #showSilent({ silent }) {
    if (silent) this.#notices.show('silent', { ...SILENT, action: this.#settings });
    else this.#notices.hide('silent');
  }
}
