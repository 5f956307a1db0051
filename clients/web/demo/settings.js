// SPDX-License-Identifier: Apache-2.0
// Settings, the dialog in which a person chooses devices and how the call behaves, before it and in it.

import { listDevices, onDevicesChanged } from '../src/index.js';
import { openedBy } from './dialogs.js';
import { $, setText } from './dom.js';
import { wordsOf } from './notices.js';

const LEVEL_MS = 100;
const CHECKS = { processing: 'processing', shared: 'shared', 'push-to-talk': 'pushToTalk', shortcuts: 'shortcuts' };
const MOST_SLOTS = 4;

export class Settings {
  #preferences;
  #voice;
  #call = null;
  #isTested = false; // The microphone is open for its level alone.
  #meter;

  constructor({ preferences, voice }) {
    [this.#preferences, this.#voice] = [preferences, voice];
    const dialog = openedBy('settings', () => this.open());
    dialog.addEventListener('close', () => this.#closed());
    for (const [id, name] of Object.entries(CHECKS)) {
      $(id).checked = preferences.get(name);
      $(id).addEventListener('change', () => preferences.set(name, $(id).checked));
    }
    for (let count = 1; count < MOST_SLOTS; count += 1) $('slots-choice').append(new Option(count, count));
    $('slots-choice').append(new Option(`${MOST_SLOTS}, all that most rooms select`, MOST_SLOTS));
    $('slots-choice').value = preferences.get('slots');
    $('slots-choice').addEventListener('change', () => preferences.set('slots', Number($('slots-choice').value)));
    $('microphone-choice').addEventListener('change', () => preferences.set('microphone', $('microphone-choice').value));
    $('output-choice').addEventListener('change', () => preferences.set('output', $('output-choice').value));
    $('microphone-test').addEventListener('click', () => this.#test());
    $('reset-volumes').addEventListener('click', () => this.#resetVolumes());
    preferences.addEventListener('microphone', () => this.#try(() => voice.useDevice()));
    for (const name of ['processing', 'shared']) preferences.addEventListener(name, () => this.#reopen());
    preferences.addEventListener('output', () => this.#call?.client.setOutput(preferences.get('output')));
    preferences.addEventListener('slots', () => this.#try(() => this.#call?.client.setSlots(preferences.get('slots'))));
    voice.addEventListener('change', () => dialog.open && this.#showDevices());
    onDevicesChanged((devices) => dialog.open && this.#fill(devices));
  }

  begin(call, signal) {
    this.#call = call;
    this.#isTested = false;
    call.client.setOutput(this.#preferences.get('output'));
    signal.addEventListener('abort', () => {
      $('settings').close();
      this.#call = null;
    });
  }

  async open() {
    setText($('settings-problem'), '');
    $('reset-volumes').hidden = !this.#call || this.#call.volumes.size === 0;
    $('settings').showModal();
    this.#meter = setInterval(() => this.#showLevel(), LEVEL_MS);
    await this.#showDevices();
  }

  #closed() {
    clearInterval(this.#meter);
    if (this.#isTested) this.#voice.close();
    this.#isTested = false;
  }

  async #showDevices() {
    $('microphone-test').hidden = this.#voice.current !== null;
    this.#fill(await listDevices());
  }

  /** Without a permission devices have no names, so there is nothing to choose. */
  #fill({ microphones, outputs }) {
    fillChoice($('microphone-choice'), microphones, this.#preferences.get('microphone'));
    fillChoice($('output-choice'), outputs, this.#preferences.get('output'));
    $('output').hidden = outputs.length === 0;
  }

  #showLevel() {
    $('microphone-level').value = Math.min(1, Math.sqrt(this.#voice.current?.level() ?? 0) * 1.6);
  }

  async #test() {
    this.#isTested = true;
    await this.#try(() => this.#voice.open());
  }

  /** The same microphone, processed or shared in another way. */
  async #reopen() {
    if (this.#voice.current === null) return;
    await this.#try(() => this.#voice.reopen((fresh) => this.#call?.client.setMicrophone(fresh)));
  }

  #resetVolumes() {
    for (const participant of [...this.#call.volumes.keys()]) this.#call.setVolume(participant, 1);
    $('slots-choice').focus();
    $('reset-volumes').hidden = true;
  }

  async #try(action) {
    setText($('settings-problem'), '');
    try {
      await action();
    } catch (error) {
      setText($('settings-problem'), wordsOf(error));
    }
  }
}

function fillChoice(select, devices, chosen) {
  const named = devices.filter(({ id, label }) => id && id !== 'default' && label);
  const options = [{ id: '', label: 'System default' }, ...named];
  const isThere = ({ id, label }, i) => select.options[i].value === id && select.options[i].text === label;
  if (options.length !== select.options.length || !options.every(isThere)) select.replaceChildren(...options.map(({ id, label }) => new Option(label, id)));
  select.value = options.some(({ id }) => id === chosen) ? chosen : '';
}
