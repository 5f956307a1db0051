// SPDX-License-Identifier: Apache-2.0
// One session of a participant: a PeerConnection that negotiates once, and the events that belong to it.

import { Problem, request } from './api.js';
import { Events } from './events.js';

const GATHERING_MS = 1000; // Host candidates are enough: the server learns the others from the source of checks.
const CONNECTING_MS = 10000;
const DISCONNECTED_MS = 3000;
const OPUS_PARAMETERS = { useinbandfec: 1, usedtx: 1 };

/** Adds Opus parameters to a description. In an answer they tell this browser's encoder what to do (RFC 7587). */
export function withOpusParameters(sdp, wanted = OPUS_PARAMETERS) {
  const sections = sdp.split(/^(?=m=)/m).map((section) => {
    const payloadType = section.match(/^a=rtpmap:(\d+) opus\//im)?.[1];
    if (!payloadType) return section;
    const fmtp = new RegExp(`^a=fmtp:${payloadType} (.*)\r\n`, 'm');
    const offered = (section.match(fmtp)?.[1] ?? '').split(';').map((parameter) => parameter.trim());
    const kept = offered.filter((parameter) => parameter && !(parameter.split('=')[0] in wanted));
    const added = Object.entries(wanted).map(([name, value]) => `${name}=${value}`);
    const line = `a=fmtp:${payloadType} ${[...kept, ...added].join(';')}\r\n`;
    return section.replace(fmtp, '').replace(/^a=rtpmap:\d+ opus\/.*\r\n/im, (rtpmap) => rtpmap + line);
  });
  return sections.join('');
}

function gathered(pc) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS);
    const check = () => {
      if (pc.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    };
    pc.addEventListener('icegatheringstatechange', check);
    check();
  });
}

/** One PeerConnection with its events. Used once: any failure ends it, and the client makes another. */
export class Session {
  negotiations = 0;
  #watchdog;
  #ended = false;
  #isToLeave = false;
  #renewToken;

  /** `renewToken` returns a fresh token; null: there is only the one. */
  constructor({ url, renewToken, onConnected, onMessage, onEnd }) {
    Object.assign(this, { url, onConnected, onMessage, onEnd });
    this.#renewToken = renewToken;
  }

  async open(stream, players, { token, iceServers }) {
    this.token = token;
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });
    this.pc.addEventListener('connectionstatechange', () => this.#connectionChanged());
    this.pc.addEventListener('signalingstatechange', () => {
      if (this.pc.signalingState === 'have-local-offer') this.negotiations += 1;
    });
    const [microphone] = stream?.getAudioTracks() ?? [];
    if (microphone) this.pc.addTransceiver(microphone, { direction: 'sendonly', streams: [stream] });
    this.receivers = players.map((player) => {
      const { receiver } = this.pc.addTransceiver('audio', { direction: 'recvonly' });
      player.srcObject = new MediaStream([receiver.track]);
      return receiver;
    });
    await this.pc.setLocalDescription();
    await gathered(this.pc);
    if (this.#ended) return;
    const body = withOpusParameters(this.pc.localDescription.sdp);
    const headers = { 'Content-Type': 'application/sdp' };
    const answer = await request(`${this.url}/session`, { method: 'POST', headers, body }, token);
    this.location = new URL(answer.headers.get('Location'), answer.url);
    if (this.#ended) {
      if (this.#isToLeave) this.#remove();
      return;
    }
    this.#restartWatchdog(CONNECTING_MS, 'no connection'); // First: it ends when the connection is up.
    await this.pc.setRemoteDescription({ type: 'answer', sdp: withOpusParameters(answer.body) });
    this.events = this.#listen();
  }

  /** From now on with another token: the old one will not outlive its WebSocket, nor let this participant leave. */
  renew(token) {
    if (this.#ended) return;
    this.token = token;
    this.events?.renew(token); // Else they are opened with it.
  }

  /** Sends a command; settles with the server's answer to it. */
  command(type, data) {
    return this.events ? this.events.command(type, data) : Promise.reject(new Problem({ title: 'Not connected' }));
  }

  /** The bit rate that the server asks the microphone to stay below, in bit/s; 0: the browser's choice. */
  async limitBitrate(bps) {
    for (const sender of this.pc.getSenders().filter(({ track }) => track)) {
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings ?? []) {
        if (bps > 0) encoding.maxBitrate = bps;
        else delete encoding.maxBitrate;
      }
      await sender.setParameters(parameters).catch(() => {}); // It is only a wish; the call continues without it.
    }
  }

  /** Ends it quietly. With `remove` the server is told, even while the page goes away, and even of a session whose connection was lost. */
  close({ remove = false } = {}) {
    if (!this.#ended) {
      this.#ended = true;
      clearTimeout(this.#watchdog);
      this.events?.close();
      this.pc?.close();
    }
    this.#isToLeave ||= remove;
    if (remove) this.#remove();
  }

  /** Without it the others would see this participant until the server notices that nothing arrives any more. */
  async #remove() {
    if (!this.location) return;
    const remove = (token) => request(this.location, { method: 'DELETE', keepalive: true }, token);
    try {
      await remove(this.token).catch(async (problem) => {
        if (problem.status !== 401 || !this.#renewToken) throw problem;
        await remove(await this.#renewToken());
      });
    } catch {
      // The server is away, or has ended this session itself.
    }
  }

  #end(reason, detail) {
    if (this.#ended) return;
    this.close();
    this.onEnd(reason, detail);
  }

  #restartWatchdog(timeMs, reason) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#end(reason), timeMs);
  }

  #connectionChanged() {
    const state = this.pc.connectionState;
    if (state === 'failed') this.#end('connection failed');
    if (state === 'disconnected') this.#restartWatchdog(DISCONNECTED_MS, 'connection lost');
    if (state !== 'connected') return;
    clearTimeout(this.#watchdog);
    this.onConnected();
  }

  #listen() {
    return new Events({
      url: `${this.url}/events`,
      token: this.token,
      onMessage: (message) => {
        if (message.type === 'closing') this.#end(message.data.reason, message.data.detail);
        else this.onMessage(message);
      },
      onLost: () => this.#end('events lost'),
    });
  }
}
