// SPDX-License-Identifier: Apache-2.0
// Put into the pages whose latency client_bench measures: keeps the sound of tracks, and finds the chirps in it.

(() => {
  const RATE = 16000; // Of harness/chirps.mjs.
  const AROUND_MS = 500;
  const taps = new Map(); // name -> {pieces, length, marks}
  const { bench } = window;

  async function keep(tap, track) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const sound = new Float32Array(value.numberOfFrames);
      value.copyTo(sound, { planeIndex: 0, format: 'f32-planar' });
      const step = Math.round(value.sampleRate / RATE);
      const piece = new Float32Array(Math.floor(sound.length / step));
      for (let i = 0; i < piece.length; i += 1) {
        for (let k = 0; k < step; k += 1) piece[i] += sound[i * step + k] / step;
      }
      tap.marks.push({ at: tap.length, wallMs: performance.timeOrigin + value.timestamp / 1000 });
      tap.pieces.push(piece);
      tap.length += piece.length;
      value.close();
    }
  }

  /** From now on. The time stamps of a microphone's track are those of its recording, those of a received track say when it is played. */
  bench.tap = (name, track) => {
    const tap = { pieces: [], length: 0, marks: [] };
    taps.set(name, tap);
    keep(tap, track);
  };
  bench.tapMicrophone = () => bench.tap('microphone', bench.stream.getAudioTracks()[0]);
  /** All that is received, by connection and mid: connections count from 0. */
  bench.tapReceived = () => bench.connections.forEach((pc, i) => {
    for (const { receiver, mid, currentDirection } of pc.getTransceivers()) {
      if (currentDirection?.includes('recv')) bench.tap(`${i} ${mid}`, receiver.track);
    }
  });

  /** When the sample at `index` sounded: sound comes in bursts, so the median of what those around say. */
  function wallMs({ marks }, index) {
    const around = (AROUND_MS * RATE) / 1000;
    const said = marks.filter(({ at }) => Math.abs(at - index) < around).map((mark) => mark.wallMs + ((index - mark.at) * 1000) / RATE);
    return said.sort((a, b) => a - b)[Math.floor(said.length / 2)];
  }

  /** {name of the tap: the times of its chirps since 1970}. `source`: the text of harness/chirps.mjs. */
  bench.chirps = async (source) => {
    const { findChirps } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    const found = {};
    for (const [name, tap] of taps) {
      const sound = new Float32Array(tap.length);
      tap.marks.forEach(({ at }, i) => sound.set(tap.pieces[i], at));
      found[name] = findChirps(sound).map(({ ms }) => wallMs(tap, (ms * RATE) / 1000));
    }
    return found;
  };
})();
