// SPDX-License-Identifier: Apache-2.0
// Put into the pages that client_bench measures: starts calls when told, and counts what they send and receive. Does nothing by itself.

(() => {
  const UDP_BYTES = 28; // IPv4 and UDP.
  const UNPROCESSED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const connections = [];
  const signalling = { messages: 0, bytes: 0 };
  const bench = { connections, signalling, assigned: [] };
  const settings = { dtx: true };
  window.bench = bench;

  /** Opus sends nothing in silence, in both directions. */
  const withDtx = (sdp) => sdp.replaceAll(/usedtx=\d;?/g, '').replaceAll('useinbandfec=1', `useinbandfec=1;usedtx=${Number(settings.dtx)}`);

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }

    setRemoteDescription({ type, sdp }) {
      return super.setRemoteDescription({ type, sdp: sdp && withDtx(sdp) });
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', ({ data }) => {
        signalling.messages += 1;
        signalling.bytes += new TextEncoder().encode(data).length;
      });
    }
  };

  /** Every remote track goes through one AudioContext. Chromium hands it sound of tracks only that an element plays, too. */
  bench.useAudioContext = () => {
    const context = new AudioContext();
    const Plain = window.Audio;
    const { set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
    window.Audio = function Audio() {
      const element = new Plain();
      let source;
      Object.defineProperty(element, 'srcObject', {
        get: () => source?.mediaStream ?? null,
        set(stream) {
          element.muted = true;
          set.call(element, stream);
          source?.disconnect();
          source = stream && new MediaStreamAudioSourceNode(context, { mediaStream: stream });
          source?.connect(context.destination);
        },
      });
      return element;
    };
    bench.context = context;
  };

  bench.capture = async ({ processing = true, dtx = true } = {}) => {
    settings.dtx = dtx;
    bench.stream = await navigator.mediaDevices.getUserMedia({ audio: processing || UNPROCESSED });
  };

  /** Joins a room with what `capture` opened. */
  bench.join = async ({ room, participant, token, slots, muted = false }) => {
    const { SFUVoiceClient } = await import('/src/index.js');
    const client = new SFUVoiceClient({ room, participant, token, slots });
    bench.client = client;
    let present = '';
    client.addEventListener('slots', () => {
      const now = JSON.stringify([...client.slots]);
      if (now !== present) bench.assigned.push({ atMs: performance.timeOrigin + performance.now(), slots: [...client.slots] });
      present = now;
    });
    const connected = new Promise((resolve) => {
      client.addEventListener('state', ({ detail }) => detail.state === 'connected' && resolve());
    });
    await client.join(bench.stream ?? null);
    await connected;
    if (muted) await client.setMuted(true);
  };

  const gathered = (pc) => new Promise((resolve) => {
    const check = () => pc.iceGatheringState === 'complete' && resolve();
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });

  /** A connection to one other person, as a mesh has it. */
  const peer = (track) => {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const player = Object.assign(new Audio(), { autoplay: true });
    Object.assign(pc, { player });
    pc.addEventListener('track', (event) => { player.srcObject = new MediaStream([event.track]); });
    pc.addTrack(track, bench.stream);
    return pc;
  };

  const described = async (pc) => {
    await pc.setLocalDescription();
    await gathered(pc);
    return pc.localDescription.sdp;
  };

  /** Offers to so many others. */
  bench.offer = (count) => Promise.all(Array.from({ length: count }, () => described(peer(bench.stream.getAudioTracks()[0]))));

  /** Answers for that many people, of whom the first `talkers` talk. */
  bench.answer = (offers, talkers) => Promise.all(offers.map(async (sdp, i) => {
    const track = bench.stream.getAudioTracks()[0].clone();
    track.enabled = i < talkers;
    const pc = peer(track);
    await pc.setRemoteDescription({ type: 'offer', sdp });
    return described(pc);
  }));

  bench.accept = async (answers) => {
    const offering = connections.filter(({ signalingState }) => signalingState === 'have-local-offer');
    await Promise.all(offering.map((pc, i) => pc.setRemoteDescription({ type: 'answer', sdp: answers[i] })));
  };

  /** All that went over the connections so far, headers included, and how many connections there are. */
  bench.traffic = async () => {
    const open = connections.filter(({ connectionState }) => connectionState === 'connected');
    const sum = { connections: open.length, sentBytes: 0, receivedBytes: 0, voicePackets: 0, atMs: performance.now() };
    for (const pc of open) {
      for (const entry of (await pc.getStats()).values()) {
        if (entry.type === 'inbound-rtp') sum.voicePackets += entry.packetsReceived;
        if (entry.type !== 'transport') continue;
        sum.sentBytes += entry.bytesSent + UDP_BYTES * entry.packetsSent;
        sum.receivedBytes += entry.bytesReceived + UDP_BYTES * entry.packetsReceived;
      }
    }
    return sum;
  };
})();
