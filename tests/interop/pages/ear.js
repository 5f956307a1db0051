// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: hears what the page plays, as a person would, and finds the silence in it.

(() => {
  const WORKLET = `
    const FRAMES = 480; // 10 ms
    const SOUND = 1e-7; // Mean square: -70 dBov.
    class Ear extends AudioWorkletProcessor {
      sum = 0;
      count = 0;
      process([[input]]) {
        for (let i = 0; i < 128; i += 1) {
          const sample = input ? input[i] : 0;
          this.sum += sample * sample;
          this.count += 1;
          if (this.count < FRAMES) continue;
          this.port.postMessage(this.sum / FRAMES > SOUND);
          this.sum = this.count = 0;
        }
        return true;
      }
    }
    registerProcessor('ear', Ear);`;
  const ear = { blocks: [], elements: new Map() };
  window.ear = ear;
  let context;
  let node;

  const apply = (element) => {
    const gain = ear.elements.get(element)?.gain;
    if (gain) gain.gain.value = element.muted ? 0 : element.volume;
  };
  const connect = (element) => {
    if (!node) return;
    const former = ear.elements.get(element);
    former?.source.disconnect();
    ear.elements.delete(element);
    if (!element.srcObject?.getAudioTracks().length) return;
    const source = context.createMediaStreamSource(element.srcObject);
    const gain = context.createGain();
    source.connect(gain).connect(node);
    ear.elements.set(element, { source, gain });
    apply(element);
  };
  const all = new Set();
  window.Audio = class extends Audio {
    constructor(...options) {
      super(...options);
      all.add(this);
    }

    get srcObject() {
      return super.srcObject;
    }

    set srcObject(stream) {
      super.srcObject = stream;
      connect(this);
    }

    get volume() {
      return super.volume;
    }

    set volume(volume) {
      super.volume = volume;
      apply(this);
    }

    get muted() {
      return super.muted;
    }

    set muted(muted) {
      super.muted = muted;
      apply(this);
    }
  };

  /** Listens from now on. */
  ear.open = async () => {
    context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' })));
    const processor = new AudioWorkletNode(context, 'ear', { channelCount: 1, channelCountMode: 'explicit' });
    processor.port.onmessage = ({ data }) => ear.blocks.push(data);
    const silent = context.createGain();
    silent.gain.value = 0;
    processor.connect(silent).connect(context.destination);
    node = processor;
    for (const element of all) connect(element);
  };
  /** The longest silence since `from`, a count of blocks, in ms. */
  ear.longestSilenceMs = (from) => {
    let [longest, present] = [0, 0];
    for (const isSound of ear.blocks.slice(from)) {
      present = isSound ? 0 : present + 1;
      longest = Math.max(longest, present);
    }
    return 10 * longest;
  };
})();
