// SPDX-License-Identifier: Apache-2.0
// MeshVoiceClient, one participant's place in a room without a server for media: every page sends to all others. The interface is SFUVoiceClient's.

import { Feed } from '../call/feed.js';
import { isSupported } from '../call/peer.js';
import { Preferences } from '../protocol/preferences.js';
import { RoomState } from '../protocol/room.js';
import { stateDetail } from '../protocol/state_detail.js';
import { Statistics } from '../protocol/statistics.js';
import { VoiceError } from '../protocol/voice_error.js';
import { RoomView } from '../room_view.js';
import { Mesh } from './mesh.js';
import { MeshPlayers } from './mesh_players.js';
import { Signalling } from './signalling.js';
import { VoiceActivity } from './voice_activity.js';

/** @typedef {import('../client_types.js').SFUVoiceClientEvents} SFUVoiceClientEvents */
/** @typedef {import('./types.js').MeshVoiceClientOptions} MeshVoiceClientOptions */
/** @typedef {import('../client_types.js').MicrophoneSource} MicrophoneSource */
/** @typedef {import('../client_types.js').StateDetail} StateDetail */
/** @typedef {import('../client_types.js').CallState} CallState */

const SPEAKERS_MS = 200;

/** @extends {RoomView<SFUVoiceClientEvents>} */
export class MeshVoiceClient extends RoomView {
  /** @type {CallState} */
  state = 'closed';
  iceServers;
  #options;
  #room;
  #preferences;
  #statistics = new Statistics();
  #players = new MeshPlayers();
  #feed = new Feed({ onTrack: (track) => this.#mesh?.setTrack(track), onState: (detail) => this.#microphoneChanged(detail) });
  #activity = new VoiceActivity();
  /** @type {Signalling | null} */
  #signalling;
  /** @type {Mesh | null} */
  #mesh = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #listener;

  /** @param {MeshVoiceClientOptions} options */
  constructor({ url, participant, iceServers = [], encryption = null, signalling, random = Math.random }) {
    const [room, preferences] = [new RoomState(), new Preferences()];
    super(room, preferences);
    this.#room = room;
    this.#preferences = preferences;
    this.#options = { url, participant, encryption, random, isShared: signalling !== undefined };
    this.#signalling = signalling ?? null;
    this.iceServers = iceServers;
    encryption?.addEventListener('state', ({ detail }) => this.#mesh && this.#emit('encryption', detail));
  }

  /** Meets the others; without a microphone it only listens. @param {MicrophoneSource} [microphone] */
  async join(microphone = null) {
    if (!isSupported()) throw new VoiceError('not-supported');
    this.#feed.use(microphone);
    this.#applyMute();
    if (this.#mesh) return void (await this.#mesh.setTrack(this.#feed.track));
    this.#setState('connecting');
    const { url, random, isShared } = this.#options;
    if (!isShared) {
      this.#signalling = new Signalling({
        url, random, onMessage: (message) => this.receive(message), onEnd: (reason, detail) => this.#close(reason, { detail }) });
    }
    this.#begin();
    this.#listen();
  }

  /** Ends the call. The microphone is closed, too. @param {{keepMicrophone?: boolean}} [options] */
  leave({ keepMicrophone = false } = {}) {
    if (!this.#options.isShared) this.#signalling?.close();
    this.#close('left', { keepMicrophone });
  }

  /** Mutes here at once, and tells the others. What the host has muted stays silent. @param {boolean} muted */
  async setMuted(muted) {
    const { type, data } = this.#preferences.mute(muted);
    this.#applyMute();
    if (!muted) this.#feed.take();
    this.#signalling?.send(type, data);
    this.#emit('roster');
  }

  /** Sends another microphone from now on. The former one stays open: it is the caller's. @param {MicrophoneSource} microphone */
  async setMicrophone(microphone) {
    if (!this.#mesh) return;
    this.#feed.use(microphone);
    this.#applyMute();
    await this.#mesh.setTrack(this.#feed.track);
  }

  /** Nothing: in a mesh everybody is heard. @param {number} _count */
  async setSlots(_count) {}

  /** @param {string} participant @param {number} volume 0..1 */
  setVolume(participant, volume) {
    this.#players.setVolume(participant, volume);
  }

  /** @param {string} deviceId '': the default @returns {Promise<boolean>} False: this browser cannot choose, or has no such output. */
  setOutput(deviceId) {
    return this.#players.setOutput(deviceId);
  }

  /** Kept, and without effect: in a mesh everybody is heard. @param {string[]} participants */
  async pin(participants) {
    this.#choose('pinned', participants);
  }

  /** Whom this participant never hears; replaces the list. @param {string[]} participants */
  async block(participants) {
    this.#choose('blocked', participants);
    this.#applyVolumes();
  }

  /** False: a mesh has no server, and that no plugins. */
  async tellPlugin() {
    return false;
  }

  /** Those whose name or id contains `text`, all on one page. */
  async search(text = '', _cursor = '') {
    const wanted = text.toLowerCase();
    const people = [...this.roster.values()].filter(({ name, participant }) => `${name}\n${participant}`.toLowerCase().includes(wanted));
    return { people, next: null };
  }

  /** Starts the players; needs a user's gesture where the browser blocks autoplay. */
  async resume() {
    if (await this.#players.resume()) this.#emit('autoplayblocked', new VoiceError('autoplay-blocked'));
  }

  /** The participants heard right now and their level (0..1). */
  levels() {
    return this.#mesh?.levels(performance.timeOrigin + performance.now()) ?? new Map();
  }

  /** Rates since the last call, of all connections together. */
  async stats() {
    const report = (await this.#mesh?.report()) ?? new Map();
    return { negotiations: 0, sessions: this.#mesh?.progress.connected ?? 0, ...this.#statistics.read(report) };
  }

  /** Whether all that are there are connected with this page. */
  get isComplete() {
    if (!this.#mesh || !this.self) return false;
    const { connected, wanted } = this.#mesh.progress;
    return connected === wanted;
  }

  /** @internal The others begin a mesh, and may have ended the one that this page still has. */
  renew() {
    this.#mesh?.renew();
  }

  /** @internal Of a shared signalling, also while it is closed. @param {import('./signalling.js').SignallingMessage} message */
  receive({ type, data }) {
    if (type === 'signal') return this.#mesh?.receive(data);
    if (type === 'snapshot') {
      this.#room.self = data.self;
      if (data.self.muted_by_self !== this.muted) this.#signalling?.send('mute', { muted: this.muted });
    }
    if ((type === 'snapshot' || type === 'transport') && data.roster) this.#takeRoster(data.roster);
    if (type === 'roster') {
      this.#room.take({ type, data });
      this.#followRoster(data.left);
    }
  }

  /** @template {keyof SFUVoiceClientEvents} Name @param {Name} type @param {SFUVoiceClientEvents[Name]} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {CallState} state @param {Partial<StateDetail>} [more] */
  #setState(state, more) {
    if (this.state === state) return;
    this.state = state;
    this.#emit('state', stateDetail(state, more));
  }

  #begin() {
    const { participant, encryption, random } = this.#options;
    this.#mesh = new Mesh({
      participant, encryption, random,
      peer: this.#signalling?.peer ?? '',
      iceServers: () => this.iceServers,
      track: () => this.#feed.track,
      send: (signal) => this.#signalling?.send('signal', signal),
      onTrack: (other, track) => this.#play(other, track),
      onState: () => this.#changed(),
    });
    if (this.self) this.#followRoster();
  }

  /** @param {import('./mesh.js').MeshEntry[]} roster */
  #takeRoster(roster) {
    const self = roster.find(({ participant }) => participant === this.#options.participant) ?? this.self;
    this.#room.take({ type: 'snapshot', data: { self, roster, slots: [], speaking: this.#activity.speaking, dominant: this.#activity.dominant } });
    this.#showSlots();
    this.#followRoster();
  }

  /** @param {string[]} [left] */
  #followRoster(left) {
    this.#mesh?.update(/** @type {Map<string, import('./mesh.js').MeshEntry>} */ (this.roster), left);
    this.#options.encryption?.participants?.(this.roster);
    this.#applyMute();
    this.#applyVolumes();
    this.#changed();
    this.#emit('roster');
  }

  #changed() {
    if (!this.#mesh || !this.self) return;
    const { connected, wanted, lost } = this.#mesh.progress;
    if (connected > 0 || wanted === 0) this.#setState('connected');
    else if (lost > 0 && this.state === 'connected') this.#setState('reconnecting', { reason: 'connection lost' });
  }

  /** @param {string} participant @param {MediaStreamTrack | null} track */
  #play(participant, track) {
    this.#players.play(participant, track);
    this.#showSlots();
    if (track) this.resume();
    this.#emit('slots');
  }

  /** @internal @param {boolean} begins */
  applyTalk(begins) {
    if (begins) this.#feed.take();
    this.#applyMute();
  }

  #applyMute() {
    this.#feed.open(this.isOpen);
  }

  /** One that the host has muted is not heard, whatever its own page does. */
  #applyVolumes() {
    const muted = [...this.roster.values()].filter((entry) => entry.muted_by_backend).map(({ participant }) => participant);
    this.#players.silence([...this.blocked, ...muted]);
  }

  #showSlots() {
    this.#players.played.forEach((participant, index) => this.slots.set(String(index), participant));
  }

  /** @param {'pinned' | 'blocked'} list @param {string[]} participants */
  #choose(list, participants) {
    this.#preferences.choose(list, participants);
    this.#preferences.settle(list, participants);
    this.#emit('roster');
  }

  #listen() {
    this.#listener = setTimeout(() => {
      if (this.#activity.take(this.levels(), performance.now())) {
        this.#room.take({ type: 'speakers', data: this.#activity });
        this.#emit('speakers');
      }
      this.#listen();
    }, SPEAKERS_MS);
  }

  /** @param {{state: string, reason: string}} detail */
  #microphoneChanged(detail) {
    if (detail.state === 'open') this.resume();
    this.#emit('microphone', detail);
  }

  /** @param {string} reason @param {{detail?: string, keepMicrophone?: boolean}} [more] */
  #close(reason, { keepMicrophone = false, detail = '' } = {}) {
    if (this.state === 'closed') return;
    clearTimeout(this.#listener);
    const mesh = this.#mesh;
    this.#mesh = null;
    mesh?.close();
    this.#players.stop();
    this.#feed.release({ close: !keepMicrophone });
    this.#room.clear();
    this.#setState('closed', { reason, detail });
  }
}
