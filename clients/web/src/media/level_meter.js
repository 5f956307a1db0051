// SPDX-License-Identifier: Apache-2.0
// How loud a track is; the AudioContext that this takes exists while somebody asks.

const IDLE_MS = 2000;

export class LevelMeter {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AnalyserNode | undefined} */
  #analyser;
  /** @type {MediaStreamAudioSourceNode | undefined} */
  #source;
  /** @type {MediaStreamTrack | undefined} */
  #track;
  #samples = new Float32Array(1024);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle;

  /** The effective value of the last 20 ms, 0..1. @param {MediaStreamTrack} track */
  read(track) {
    if (typeof AudioContext === 'undefined') return 0;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE_MS);
    if (!this.#context || this.#track !== track) this.#listen(track);
    if (this.#context?.state !== 'running') this.#context?.resume().catch(() => {}); // Before a gesture, and after a phone call.
    this.#analyser?.getFloatTimeDomainData(this.#samples);
    return Math.min(1, Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length));
  }

  close() {
    clearTimeout(this.#idle);
    this.#context?.close().catch(() => {});
    this.#context = null;
  }

  /** @param {MediaStreamTrack} track */
  #listen(track) {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.fftSize = this.#samples.length;
    } else {
      this.#source?.disconnect();
    }
    this.#track = track;
    this.#samples.fill(0);
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(/** @type {AnalyserNode} */ (this.#analyser));
  }
}
