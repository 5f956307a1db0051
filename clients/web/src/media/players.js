// SPDX-License-Identifier: Apache-2.0
// Players of slots: audio elements with their volume and their output.

import { canChooseOutput, onDevicesChanged } from './devices.js';

/** Audio elements of the page, one a slot. Volumes and the output stay while tracks come and go. */
export class Players {
  #create;
  /** @type {HTMLAudioElement[]} */
  #elements = [];
  /** @type {number[]} */
  #volumes = [];
  #output = ''; // What the person chose; '' the default.
  #present = ''; // Where the sound comes out, while the chosen one is away the default.
  /** @type {(() => void) | null} */
  #unfollow = null;

  /** @param {{create?: () => HTMLAudioElement}} [options] */
  constructor({ create = () => new Audio() } = {}) {
    this.#create = create;
  }

  /** How many there are. */
  get size() {
    return this.#elements.length;
  }

  set size(count) {
    for (const element of this.#elements.splice(count)) element.srcObject = null;
    while (this.#elements.length < count) {
      const element = Object.assign(this.#create(), { autoplay: true });
      this.#elements.push(element);
      this.setVolume(this.#elements.length - 1, this.#volumes[this.#elements.length - 1] ?? 1);
      if (this.#present) element.setSinkId(this.#present).catch(() => {}); // Then it plays at the default.
    }
  }

  /** Plays a track from now on; null: nothing. @param {number} index @param {MediaStreamTrack | null} track */
  attach(index, track) {
    this.#elements[index].srcObject = track && new MediaStream([track]);
    if (track) this.#follow();
  }

  /** @param {number} index @param {number} volume 0..1; on iOS anything but 0 is 1. */
  setVolume(index, volume) {
    this.#volumes[index] = volume;
    const element = this.#elements[index];
    if (element) Object.assign(element, { volume, muted: volume === 0 });
  }

  /**
   * While that output is away the sound comes out at the default.
   * @param {string} deviceId '': the system's default
   * @returns {Promise<boolean>} False: this browser cannot choose, or has no such output.
   */
  async setOutput(deviceId) {
    if (!canChooseOutput()) return deviceId === '';
    const former = this.#present;
    try {
      await this.#route(deviceId);
    } catch {
      await this.#route(former).catch(() => {});
      return false;
    }
    this.#output = deviceId;
    this.#follow();
    return true;
  }

  /** Starts those that have something to play. @returns {Promise<boolean>} True: the browser wants a gesture of the person first. */
  async resume() {
    const started = this.#elements.filter(({ srcObject }) => srcObject).map(async (element) => {
      const playing = element.play();
      const refused = playing.then(() => false, ({ name }) => name === 'NotAllowedError');
      return element.paused === false ? false : refused; // One that is allowed to play may wait for its first packet for ever.
    });
    return (await Promise.all(started)).includes(true);
  }

  /** Plays nothing any more. */
  stop() {
    this.#unfollow?.();
    this.#unfollow = null;
    for (const element of this.#elements) element.srcObject = null;
  }

  /** @param {string} deviceId */
  async #route(deviceId) {
    this.#present = deviceId;
    await Promise.all(this.#elements.map((element) => element.setSinkId(deviceId)));
  }

  /** An output that is unplugged would leave silence behind. */
  #follow() {
    if (!this.#output || this.#unfollow) return;
    this.#unfollow = onDevicesChanged(({ outputs }) => {
      const target = outputs.some(({ id }) => id === this.#output) ? this.#output : '';
      if (target !== this.#present) this.#route(target).catch(() => {});
    });
  }
}
