// SPDX-License-Identifier: Apache-2.0
// TalkButton, the big button: mutes and unmutes, or, with push to talk, opens the microphone while it is held.

import { $, setText } from './dom.js';

const WORDS = { permission: 'You may only listen', self: 'Unmute' };

export class TalkButton {
  #call = null;

  constructor() {
    const button = $('mute');
    button.addEventListener('click', () => this.#click());
    button.addEventListener('pointerdown', (event) => {
      if (!this.#isPushToTalk) return;
      button.setPointerCapture(event.pointerId);
      this.talk(true);
    });
    for (const type of ['pointerup', 'pointercancel']) button.addEventListener(type, () => this.talk(false));
    button.addEventListener('contextmenu', (event) => this.#isPushToTalk && event.preventDefault()); // A long touch opens none.
    addEventListener('blur', () => this.talk(false)); // The key is let go somewhere else.
  }

  begin(call, signal) {
    this.#call = call;
    const show = () => this.#show();
    for (const type of ['roster', 'state', 'microphone']) call.client.addEventListener(type, show, { signal });
    call.voice.addEventListener('change', show, { signal });
    call.preferences.addEventListener('pushToTalk', () => this.#applyPushToTalk(), { signal });
    this.#applyPushToTalk();
    signal.addEventListener('abort', () => (this.#call = null));
  }

  /** What the space bar does when it goes down, or up. True if that means something now. */
  press(isDown) {
    if (!this.#call || $('mute').disabled) return false;
    if (this.#isPushToTalk) this.talk(isDown);
    else if (isDown) this.toggle();
    return true;
  }

  /** Mutes or unmutes; with push to talk the microphone is off anyway. */
  toggle() {
    const { client } = this.#call;
    if (!$('mute').disabled && !this.#isPushToTalk) client.setMuted(!client.muted);
  }

  talk(talking) {
    if (!this.#isPushToTalk) return;
    this.#call.client.setTalking(talking);
    $('mute').classList.toggle('talking', talking);
    this.#show();
  }

  get #isPushToTalk() {
    return this.#call !== null && this.#call.client.pushToTalk && this.#call.voice.current !== null;
  }

  #applyPushToTalk() {
    const { client, preferences } = this.#call;
    client.pushToTalk = preferences.get('pushToTalk');
    if (client.pushToTalk && client.muted) client.setMuted(false);
    $('mute').classList.remove('talking');
    this.#show();
  }

  #click() {
    if (this.#call.voice.current === null) this.#call.turnMicrophoneOn();
    else this.toggle();
  }

  #show() {
    const { client, voice } = this.#call;
    const silenced = client.silencedBy;
    const isOpen = this.#isPushToTalk ? $('mute').classList.contains('talking') : silenced === '';
    const backend = client.muted ? 'Muted by you and the host' : 'Muted by the host';
    const open = this.#isPushToTalk ? (isOpen ? 'Talking' : 'Hold to talk') : 'Mute';
    $('mute').disabled = silenced === 'permission';
    $('mute').dataset.open = isOpen && voice.current !== null;
    $('mute').querySelector('use').setAttribute('href', isOpen && voice.current ? '#icon-microphone' : '#icon-muted');
    const words = { ...WORDS, backend, ...(this.#isPushToTalk && { self: open }) };
    setText($('mute').querySelector('span'), voice.current || silenced === 'permission' ? words[silenced] ?? open : 'Use microphone');
  }
}
