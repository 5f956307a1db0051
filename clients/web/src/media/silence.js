// SPDX-License-Identifier: Apache-2.0
// Whether a microphone gives nothing but zeros: readings of its energy go in, silence comes out.

const SILENT_MS = 5000;
/** A reading costs half a millisecond of a processor; an AudioContext that listens costs 30 ms of each second. */
const READ_MS = 2500;

/** Of an unmuted microphone. A quiet room is not silent: the noise of any device has some energy. */
export class SilenceDetector {
  #source = '';
  #energy = -1;
  #sinceMs = 0;

  /**
   * @param {{id: string, totalAudioEnergy?: number} | undefined} source A 'media-source' of statistics; some browsers have none, or no energy in it.
   * @param {boolean} isMuted By the person, or the microphone is not open.
   * @param {number} nowMs
   */
  isSilent(source, isMuted, nowMs) {
    const energy = source?.totalAudioEnergy ?? -1;
    const isSame = source?.id === this.#source && energy === this.#energy;
    if (isMuted || energy < 0 || !isSame) this.#sinceMs = nowMs;
    this.#source = source?.id ?? '';
    this.#energy = energy;
    return nowMs - this.#sinceMs >= SILENT_MS;
  }
}

/** Reads a sender's statistics now and then, once it is wanted. */
export class SilenceWatch {
  #isMuted;
  #onReading;
  #detector = new SilenceDetector();
  #isWanted = false;
  /** @type {Pick<RTCRtpSender, 'getStats'> | null} */
  #sender = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{isMuted: () => boolean, onReading: (silent: boolean) => void}} options */
  constructor({ isMuted, onReading }) {
    this.#isMuted = isMuted;
    this.#onReading = onReading;
  }

  want() {
    this.#isWanted = true;
    this.#readLater();
  }

  /** @param {Pick<RTCRtpSender, 'getStats'> | null} sender */
  observe(sender) {
    this.#sender = sender;
    this.#readLater();
  }

  #readLater() {
    clearTimeout(this.#timer);
    if (this.#sender && this.#isWanted) this.#timer = setTimeout(() => this.#read(), READ_MS);
  }

  async #read() {
    const report = await this.#sender?.getStats().catch(() => null);
    const source = [...(report?.values() ?? [])].find(({ type }) => type === 'media-source');
    this.#onReading(this.#detector.isSilent(source, this.#isMuted(), performance.now()));
    this.#readLater();
  }
}
