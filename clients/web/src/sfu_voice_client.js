// SPDX-License-Identifier: Apache-2.0
// SFUVoiceClient, one participant's place in a Veche room: plays the slots, follows the room, reconnects.

import { Connector } from './call/connector.js';
import { NOT_CONNECTED } from './call/events.js';
import { Feed } from './call/feed.js';
import { watchPage } from './call/page_life.js';
import { isSupported } from './call/peer.js';
import { simulate } from './call/simulate.js';
import { participantLevels } from './media/levels.js';
import { Players } from './media/players.js';
import { chooseSlots } from './media/slot_choice.js';
import { Preferences } from './protocol/preferences.js';
import { RoomState } from './protocol/room.js';
import { stateDetail } from './protocol/state_detail.js';
import { Statistics } from './protocol/statistics.js';
import { VoiceError } from './protocol/voice_error.js';
import { RoomView } from './room_view.js';

/** @typedef {import('./client_types.js').SFUVoiceClientOptions} SFUVoiceClientOptions */
/** @typedef {import('./client_types.js').SFUVoiceClientEvents} SFUVoiceClientEvents */
/** @typedef {import('./client_types.js').MicrophoneSource} MicrophoneSource */
/** @typedef {import('./client_types.js').StateDetail} StateDetail */
/** @typedef {import('./client_types.js').CallState} CallState */

/** @extends {RoomView<SFUVoiceClientEvents>} */
export class SFUVoiceClient extends RoomView {
  /** @type {CallState} */
  state = 'closed';
  #urlOfRoom;
  #encryption;
  #room;
  #preferences;
  #statistics = new Statistics();
  #players = new Players();
  #slots;
  /** @type {Map<string, number>} */
  #volumes = new Map(); // By participant, whatever slot it is in.
  #feed = new Feed({ onTrack: (track) => this.#send(track), onState: (detail) => this.#microphoneChanged(detail) });
  #connector;
  #unwatch = () => {};

  /** @param {SFUVoiceClientOptions} options */
  constructor({ url = location.origin, room, participant, token, slots = 4, iceServers, encryption = null, random = Math.random }) {
    const [roomState, preferences] = [new RoomState(), new Preferences()];
    super(roomState, preferences);
    this.#room = roomState;
    this.#preferences = preferences;
    this.#urlOfRoom = `${url}/v1/rooms/${encodeURIComponent(room)}`;
    this.#encryption = encryption;
    this.#slots = slots === 'auto' ? chooseSlots(globalThis.navigator) : slots;
    encryption?.addEventListener('state', ({ detail }) => this.#emit('encryption', detail));
    this.#connector = new Connector({
      url: `${this.#urlOfRoom}/participants/${encodeURIComponent(participant)}`, participant, token, iceServers, encryption, random,
      media: () => ({ track: this.#feed.track, stream: this.#feed.stream, slots: this.#slots }),
      onState: (state, detail) => this.#setState(state, detail),
      onSession: (session) => this.#play(session),
      onMessage: (message) => this.#receive(message),
      onProblem: (error) => this.#emit('problem', error),
      onEnd: (reason, detail) => this.#close(reason, detail),
    });
  }

  /**
   * Opens the first session; without a microphone it only listens. Rejects with a VoiceError, a Problem if the server refuses; if `leave` is called meanwhile
   * it resolves, and the state is `closed`. During a call it joins again with another microphone, and an attempt that fails for a while is repeated.
   * @param {MicrophoneSource} [microphone]
   */
  async join(microphone = null) {
    if (!isSupported()) throw new VoiceError('not-supported');
    this.#feed.use(microphone);
    this.#applyMute();
    if (this.state === 'closed') this.#watch();
    this.#players.size = this.#slots;
    await this.#connector.start();
  }

  /** Ends the call. The microphone is closed, too. @param {{keepMicrophone?: boolean}} [options] */
  leave({ keepMicrophone = false } = {}) {
    this.#connector.stop({ remove: true });
    this.#close('left', { keepMicrophone });
  }

  /** How many sessions this client has had. */
  get sessions() {
    return this.#connector.sessions;
  }

  /** Mutes here at once, and tells the server, so that others see it. What the backend has muted stays silent. @param {boolean} muted */
  async setMuted(muted) {
    const command = this.#preferences.mute(muted);
    this.#applyMute();
    if (!muted) this.#feed.take();
    this.#emit('roster');
    await this.#command(command);
  }

  /**
   * Sends another microphone from now on: in the same session if this one sends already. The former one stays open: it is the caller's. Nothing outside a call.
   * @param {MicrophoneSource} microphone
   */
  async setMicrophone(microphone) {
    if (this.state === 'closed') return;
    this.#feed.use(microphone);
    this.#applyMute();
    if (this.#connector.session?.peer?.sender) await this.#send(this.#feed.track);
    else if (this.#feed.track) await this.#connector.start();
  }

  /** How many people can be heard at once. In a call that takes another session, because the server sends to each slot that there is. @param {number} count */
  async setSlots(count) {
    if (count === this.#slots) return;
    this.#slots = count;
    if (this.state === 'closed') return;
    this.#players.size = count;
    await this.#connector.start();
  }

  /** Of one participant, in whatever slot it is heard. @param {string} participant @param {number} volume 0..1 */
  setVolume(participant, volume) {
    this.#volumes.set(participant, volume);
    this.#applyVolumes();
  }

  /** @param {string} deviceId '': the default @returns {Promise<boolean>} False: this browser cannot choose, or has no such output. */
  setOutput(deviceId) {
    return this.#players.setOutput(deviceId);
  }

  /** Whom this participant always hears; replaces the list. @param {string[]} participants */
  pin(participants) {
    return this.#choose('pinned', participants);
  }

  /** Whom this participant never hears; replaces the list. @param {string[]} participants */
  block(participants) {
    return this.#choose('blocked', participants);
  }

  /** Sends an object to a plugin of the server. True if it took that; otherwise the problem has been reported. @param {string} name @param {object} data */
  async tellPlugin(name, data) {
    return (await this.#command({ type: 'plugin', data: { name, data } })) === 'done';
  }

  /**
   * A page of all that are in the room, by id: those whose name or id contains `text`. `next` is the `cursor` of the next page, or null.
   * @returns {Promise<{people: import('./protocol/room.js').Entry[], next: string | null}>}
   */
  async search(text = '', cursor = '') {
    const query = new URLSearchParams({ search: text, cursor });
    const { body } = await this.#connector.request(`${this.#urlOfRoom}/roster?${query}`, {}, this.#connector.session?.token);
    const { roster, next_cursor: next } = JSON.parse(body);
    return { people: roster, next };
  }

  /** Starts the players; needs a user's gesture where the browser blocks autoplay. */
  async resume() {
    if (await this.#players.resume()) this.#emit('autoplayblocked', new VoiceError('autoplay-blocked'));
  }

  /** The participants heard right now and their level (0..1), from the CSRCs of the slots: independent of signalling delay. */
  levels() {
    return participantLevels(this.#connector.session?.peer?.receivers ?? [], this.roster.values(), performance.timeOrigin + performance.now());
  }

  /** Rates since the last call. */
  async stats() {
    const peer = this.#connector.session?.peer;
    const report = /** @type {Map<string, any>} */ (await peer?.getStats()) ?? new Map();
    return { negotiations: peer?.negotiations ?? 0, sessions: this.sessions, ...this.#statistics.read(report) };
  }

  /** Injects a failure, for tests and demonstrations. @param {import('./call/simulate.js').Failure} what @param {{ms?: number}} [options] */
  simulate(what, options = {}) {
    return simulate(what, options, { connector: this.#connector, feed: this.#feed });
  }

  /** @template {keyof SFUVoiceClientEvents} Name @param {Name} type @param {SFUVoiceClientEvents[Name]} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {CallState} state @param {Partial<StateDetail>} [more] */
  #setState(state, more) {
    if (state === 'connected' && this.state === state) return;
    this.state = state;
    this.#emit('state', stateDetail(state, more));
  }

  #watch() {
    const connector = this.#connector;
    this.#unwatch = watchPage({
      onClose: () => this.leave(),
      onAside: () => connector.suspend(),
      onShown: () => connector.recover('page shown', { isReturn: true }),
      onReturn: (reason) => connector.recover(reason, { isReturn: true }),
      onSeen: () => connector.hurry(),
    });
  }

  /** @internal @param {boolean} begins */
  applyTalk(begins) {
    if (begins) this.#feed.take();
    this.#applyMute();
  }

  #applyMute() {
    this.#feed.open(this.isOpen);
  }

  /** @param {{state: string, reason: string}} detail */
  #microphoneChanged(detail) {
    if (detail.state === 'open') this.resume(); // iOS stops the players too while there is a phone call.
    this.#emit('microphone', detail);
  }

  /** @param {MediaStreamTrack | null} track */
  async #send(track) {
    const { peer } = this.#connector.session ?? {};
    await peer?.send(track).catch(() => {}); // The next session has it.
    this.#feed.observe(peer?.sender ?? null);
  }

  /** @param {import('./call/session.js').Session} session */
  #play({ peer }) {
    peer?.receivers.forEach(({ track }, index) => this.#players.attach(index, track));
    this.#statistics = new Statistics();
    this.#applyVolumes();
    if (peer?.sender) this.#send(this.#feed.track);
    this.resume();
  }

  #applyVolumes() {
    this.#connector.session?.peer?.mids.forEach((mid, index) =>
      this.#players.setVolume(index, this.#volumes.get(this.slots.get(mid ?? '') ?? '') ?? 1));
  }

  /** @param {'pinned' | 'blocked'} list @param {string[]} participants */
  async #choose(list, participants) {
    const former = this.#preferences[list];
    const outcome = await this.#command(this.#preferences.choose(list, participants));
    if (outcome !== 'later' && this.#preferences[list] === participants) this.#preferences.settle(list, outcome === 'done' ? participants : former);
    this.#emit('roster');
  }

  /** 'later': it was not sent; 'failed': the problem has been reported. @param {{type: string, data: object}} command */
  async #command({ type, data }) {
    const { session } = this.#connector;
    if (!session) return 'later';
    try {
      await session.command(type, data);
      return 'done';
    } catch (error) {
      const isLate = /** @type {any} */ (error).type === NOT_CONNECTED;
      if (this.state === 'connected' && (!isLate || type === 'plugin')) this.#emit('problem', /** @type {VoiceError} */ (error));
      return isLate ? 'later' : 'failed';
    }
  }

  /** @param {import('./call/events.js').Message} message */
  #receive(message) {
    const { type, data } = message;
    if (type === 'announcement' || type === 'plugin') this.#emit(type, data);
    if (type === 'hint') this.#connector.session?.peer?.obey(data);
    const changed = this.#room.take(message);
    // Commands may have been lost with a WebSocket, or with a session.
    if (type === 'snapshot' || type === 'resumed') for (const command of this.#preferences.compare({ type, data })) this.#command(command);
    if (changed.includes('roster')) {
      this.#applyMute();
      this.#encryption?.participants?.(this.roster);
    }
    if (changed.includes('slots')) this.#applyVolumes();
    if (changed.includes('network')) this.#connector.session?.peer?.waitForRepeats(this.network.reason === 'loss');
    for (const what of changed) this.#emit(what, what === 'network' ? this.network : undefined);
  }

  /** @param {string} reason @param {{detail?: string, error?: any, keepMicrophone?: boolean}} [more] */
  #close(reason, { keepMicrophone = false, ...more } = {}) {
    if (this.state === 'closed') return;
    this.#unwatch();
    this.#players.stop();
    this.#feed.release({ close: !keepMicrophone });
    this.#room.clear();
    this.#setState('closed', { reason, ...more });
  }
}
