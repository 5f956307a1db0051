// SPDX-License-Identifier: Apache-2.0
// A microphone for a page: hears a chirp at known times of the wall clock, and says when. chirps.mjs finds them again.

const CHIRP_MS = 200;
const EDGE_MS = 5;
const VOLUME = 0.4;
/** Sound is asked for in bursts of up to 20 ms. A page that was asked this much too late, or too early, does not know the time. */
const SURE_MS = 25;

class ChirpMicrophone extends AudioWorkletProcessor {
  #offsetMs; // What the wall clock is ahead of this context's.
  #wrongMs = 0; // How far it is ahead of that just now.
  #firstMs = null; // What it was ahead at the first chirp, since it was told to begin anew.
  #begin = null; // The frame at which the current chirp begins.

  constructor({ processorOptions: { periodMs, phaseMs } }) {
    super();
    Object.assign(this, { periodMs, phaseMs });
    this.next = null;
    this.port.onmessage = () => { this.#firstMs = null; };
  }

  /** Sound is asked for in bursts, and the wall clock is read in whole milliseconds: their mean over some seconds is steady. */
  #wallMs() {
    const contextMs = (currentFrame * 1000) / sampleRate;
    const offsetMs = Date.now() - contextMs;
    const jumped = Math.abs(offsetMs - (this.#offsetMs ?? -Infinity)) > 100; // It began, or the machine stalled.
    this.#wrongMs = offsetMs - (this.#offsetMs ?? offsetMs);
    this.#offsetMs = jumped ? offsetMs : this.#offsetMs + (offsetMs - this.#offsetMs) / 1000;
    return contextMs + this.#offsetMs;
  }

  process(_inputs, [[output]]) {
    const wallMs = this.#wallMs();
    this.next ??= Math.ceil((wallMs + 1000 - this.phaseMs) / this.periodMs) * this.periodMs + this.phaseMs;
    if (wallMs >= this.next) {
      this.#begin = currentFrame;
      this.#firstMs ??= this.#offsetMs;
      // Sound that was not asked for in time is lost, and what follows comes too early in the stream by as much.
      const lostMs = this.#offsetMs - this.#firstMs;
      this.port.postMessage({ wallMs, isSure: Math.abs(this.#wrongMs) < SURE_MS && Math.abs(lostMs) < SURE_MS });
      this.next += this.periodMs;
    }
    if (this.#begin !== null) output.forEach((_, i) => { output[i] = VOLUME * this.#sample(currentFrame + i - this.#begin); });
    return true;
  }

  #sample(frame) {
    const s = frame / sampleRate;
    const edge = Math.min(1, (s * 1000) / EDGE_MS, (CHIRP_MS - s * 1000) / EDGE_MS);
    return edge <= 0 ? 0 : edge * Math.sin(2 * Math.PI * (500 * s + ((3000 - 500) / (CHIRP_MS / 1000)) * 0.5 * s * s));
  }
}

registerProcessor('chirp-microphone', ChirpMicrophone);
