// SPDX-License-Identifier: Apache-2.0
// Microphone, one person's open microphone: whatever happens to the device, `track` is what is to be sent.

import { TypedEvents } from '../protocol/typed_events.js';
import { VoiceError } from '../protocol/voice_error.js';
import { captureMicrophone } from './capture.js';
import { deviceToOpen, listDevices, onDevicesChanged } from './devices.js';
import { LevelMeter } from './level_meter.js';
import { SharedMicrophone } from './shared_microphone.js';
import { SilenceWatch } from './silence.js';
import { TrackWatch } from './track_watch.js';

/** @typedef {'open' | 'interrupted' | 'lost' | 'closed'} MicrophoneState */

/**
 * @typedef {object} MicrophoneOptions
 * @property {string} [deviceId] '' or left out: the system's default, which is also used while this device is away.
 * @property {boolean | MediaTrackConstraints} [processing] Echo cancellation, noise suppression and gain control; or constraints of one's own.
 * @property {boolean} [shared] Among the tabs of this origin one has the microphone open: the one that took it last.
 */

/** @typedef {{track: {track: MediaStreamTrack}, state: {state: MicrophoneState, reason: string}, silent: {silent: boolean}}} MicrophoneEvents */

/** Pauses after attempts to open a device that failed; then it waits for a sign: another list of devices, or the page in front again. */
const RETRY_MS = [250, 500, 1000, 3000];

/**
 * Events, each with `detail`: `track` {track}: another one is to be sent; `state` {state, reason}; `silent` {silent}: the system mutes this microphone, by
 * a switch or by zeros. The track's `enabled`, which is the person's mute, goes over to the next track.
 * @extends {TypedEvents<MicrophoneEvents>}
 */
export class Microphone extends TypedEvents {
  /** @type {MicrophoneState} */
  state = 'open';
  /**
   * Of `interrupted`: 'system' (a phone call, a switch), 'other-tab' or 'ended'; of `lost`: 'removed', or the code of the VoiceError that says why no device
   * can be opened.
   */
  reason = '';
  silent = false;
  #processing;
  #wanted; // The device that the person chose.
  #track;
  #stream;
  #tasks = Promise.resolve(); // One after the other: they open devices.
  #isSuspect = false; // An interruption is over. iOS leaves tracks that look alive and carry nothing.
  #isFresh = false; // Opened in the middle of an interruption.
  #failures = 0;
  #isDenied = false; // By the person: only the person makes it ask again.
  #meter = new LevelMeter();
  #silence = new SilenceWatch({
    isMuted: () => !this.#track.enabled || this.state !== 'open',
    onReading: (silent) => this.state === 'open' && this.#setSilent(silent),
  });
  /** @type {SharedMicrophone | null} */
  #shared = null;
  #watch; // Of the present track.
  #end = new AbortController();
  #retryTimer = 0;

  /** Asks for permission if need be; rejects with a VoiceError. @param {MicrophoneOptions} [options] @returns {Promise<Microphone>} */
  static async open({ deviceId = '', processing = true, shared = false } = {}) {
    const track = await captureMicrophone(processing, deviceId ? { ideal: deviceId } : undefined);
    return new Microphone(track, { deviceId, processing, shared });
  }

  /** @internal @param {MediaStreamTrack} track @param {Required<MicrophoneOptions>} options */
  constructor(track, { deviceId, processing, shared }) {
    super();
    this.#processing = processing;
    this.#wanted = deviceId;
    this.#track = track;
    this.#stream = new MediaStream([track]);
    this.#watch = this.#watched(track);
    const { signal } = this.#end;
    signal.addEventListener('abort', onDevicesChanged(() => this.#tryAgain()));
    globalThis.document?.addEventListener('visibilitychange', () => this.#seen(), { signal });
    if (!shared) return;
    this.#shared = new SharedMicrophone({ onTaken: () => this.#check(), onLost: () => this.#yield() });
    this.#shared.take();
  }

  /** The present track; after the event `track` another one. */
  get track() {
    return this.#track;
  }

  /** The same stream all the time; the present track is in it. */
  get stream() {
    return this.#stream;
  }

  /** The device that is open, which need not be the one that was asked for. */
  get deviceId() {
    return this.#track.getSettings().deviceId ?? '';
  }

  /**
   * Opens another device; the old one goes on until then, and if it rejects, with a VoiceError, from then on, too.
   * @param {string} deviceId '': the default
   */
  useDevice(deviceId) {
    return this.#inTurn(async () => {
      if (!this.#isElsewhere && (this.#isDead || deviceId !== this.deviceId)) this.#adopt(await this.#captureInstead(deviceId));
      this.#wanted = deviceId;
    });
  }

  /** The person wants to talk here: takes a shared microphone from another tab, and tries again where it was lost. */
  take() {
    if (this.#isElsewhere) this.#shared?.take();
    else if (this.#isDead) this.#tryAgain({ byPerson: true });
  }

  /** 0..1. The first call begins to measure, which ends when nobody asks any more. */
  level() {
    return this.state === 'open' ? this.#meter.read(this.#track) : 0;
  }

  /**
   * The sender that carries the track; null: none. Its statistics tell whether the microphone gives nothing but zeros; they are read while there is one, and
   * only after somebody has listened for `silent`.
   * @param {Pick<RTCRtpSender, 'getStats'> | null} sender
   */
  observe(sender) {
    this.#silence.observe(this.#isClosed ? null : sender);
  }

  close() {
    this.#setState('closed');
    this.#end.abort();
    this.#watch.stop();
    clearTimeout(this.#retryTimer);
    this.#shared?.release();
    this.#silence.observe(null);
    this.#meter.close();
    this.#track.stop();
  }

  /**
   * @template {keyof MicrophoneEvents} Name
   * @param {Name} type @param {((event: CustomEvent<MicrophoneEvents[Name]>) => void) | null} listener @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    if (type === 'silent') this.#silence.want();
  }

  get #isClosed() {
    return this.#end.signal.aborted;
  }

  get #isElsewhere() {
    return this.#shared?.has === false;
  }

  /** The present track carries nothing, or cannot be trusted. */
  get #isDead() {
    return this.#track.readyState === 'ended' || this.#isSuspect;
  }

  /** @template Result @param {() => Promise<Result>} task @returns {Promise<Result>} */
  #inTurn(task) {
    const done = this.#tasks.then(task);
    this.#tasks = done.then(() => {}, () => {});
    return done;
  }

  /** @param {string} deviceId */
  async #capture(deviceId) {
    const track = await captureMicrophone(this.#processing, deviceId ? { exact: deviceId } : undefined);
    if (!this.#isClosed) return track;
    track.stop();
    throw new VoiceError('interrupted', { message: 'The microphone was closed' });
  }

  /** Some browsers open one microphone at a time. @param {string} deviceId */
  async #captureInstead(deviceId) {
    try {
      return await this.#capture(deviceId).catch((error) => {
        if (error.code !== 'microphone-busy') throw error;
        this.#track.stop();
        return this.#capture(deviceId);
      });
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** Opens what is to be open now, if that is not what is open. */
  #check() {
    this.#inTurn(async () => {
      if (this.#isClosed || this.#isElsewhere) return;
      const { microphones } = await listDevices().catch(() => ({ microphones: [] }));
      const { deviceId: id = '', groupId: group } = this.#track.getSettings();
      const target = deviceToOpen({ wanted: this.#wanted, id, group, isDead: this.#isDead }, microphones);
      if (target === undefined || this.#isClosed) return;
      const hasEnded = this.#track.readyState === 'ended';
      if (hasEnded && (this.state === 'open' || this.reason === 'system')) {
        const isGone = id !== '' && !microphones.some((device) => device.id === id);
        this.#setState(isGone ? 'lost' : 'interrupted', isGone ? 'removed' : 'ended');
      }
      try {
        this.#adopt(await this.#capture(hasEnded && this.#failures > 0 ? '' : target)); // A device that has just gone may be listed for a while.
      } catch (error) {
        if (!this.#isClosed) this.#failed(/** @type {VoiceError} */ (error));
      }
    });
  }

  /** Something has changed, so another attempt may succeed. */
  #tryAgain({ byPerson = false } = {}) {
    if (this.#isDenied && !byPerson) return;
    this.#failures = 0;
    this.#check();
  }

  /** @param {VoiceError} error */
  #failed({ code }) {
    if (this.#track.readyState === 'ended') this.#setState('lost', code);
    this.#isDenied = code === 'permission-denied' && document.visibilityState === 'visible'; // iOS denies it to pages that are not in front.
    const pauseMs = RETRY_MS[this.#failures];
    this.#failures += 1;
    clearTimeout(this.#retryTimer);
    if (pauseMs && code !== 'permission-denied') this.#retryTimer = setTimeout(() => this.#check(), pauseMs);
  }

  /** @param {MediaStreamTrack} track */
  #adopt(track) {
    const former = this.#track;
    track.enabled = former.enabled;
    this.#watch.stop();
    this.#stream.removeTrack(former);
    this.#stream.addTrack(track);
    this.#track = track;
    this.#failures = 0;
    this.#isDenied = false;
    this.#isSuspect = false;
    this.#isFresh = track.muted;
    this.#emit('track', { track });
    former.stop();
    this.#watch = this.#watched(track);
    if (track.muted) return;
    this.#setState('open');
    this.#setSilent(false);
  }

  /** @param {MediaStreamTrack} track */
  #watched(track) {
    return new TrackWatch(track, { onEnded: () => this.#check(), onMuted: () => this.#interrupted(), onUnmuted: () => this.#resumed() });
  }

  #interrupted() {
    this.#setState('interrupted', 'system');
    this.#setSilent(true);
  }

  #resumed() {
    if (this.reason !== 'system') return;
    this.#isSuspect = true;
    this.#check();
  }

  /** The page may be in front again, as after a phone call; some systems say no more than that. */
  #seen() {
    if (document.visibilityState !== 'visible') return;
    this.#isSuspect ||= this.reason === 'system' && !this.#isFresh;
    if (this.#isDead) this.#tryAgain();
  }

  /** Another tab has the microphone now. */
  #yield() {
    this.#inTurn(async () => {
      if (this.#isClosed || !this.#isElsewhere) return;
      this.#watch.stop();
      this.#track.stop();
      this.#setState('interrupted', 'other-tab');
    });
  }

  /** @param {MicrophoneState} state @param {string} [reason] */
  #setState(state, reason = '') {
    if (this.#isClosed || (this.state === state && this.reason === reason)) return;
    Object.assign(this, { state, reason });
    this.#emit('state', { state, reason });
  }

  /** @param {boolean} silent */
  #setSilent(silent) {
    if (this.silent === silent) return;
    this.silent = silent;
    this.#emit('silent', { silent });
  }

  /** @template {keyof MicrophoneEvents} Name @param {Name} type @param {MicrophoneEvents[Name]} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
