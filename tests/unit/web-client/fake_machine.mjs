// SPDX-License-Identifier: Apache-2.0
// A machine with microphones and outputs that a test plugs and unplugs, as a browser shows it to a page.

import { Microphone } from '../../../clients/web/src/media/microphone.js';
import { VirtualTime } from './virtual_time.mjs';

export class FakeTrack extends EventTarget {
  kind = 'audio';
  enabled = true;
  readyState = 'live';

  constructor(device, muted) {
    super();
    Object.assign(this, { device, muted });
  }

  getSettings() {
    return { deviceId: this.device.id, groupId: this.device.group };
  }

  stop() {
    this.readyState = 'ended'; // Without an event, as in browsers.
  }

  /** The system ends it. */
  end() {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  setMuted(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

class FakeStream {
  constructor(tracks) {
    this.tracks = [...tracks];
  }

  getAudioTracks() {
    return this.tracks;
  }

  addTrack(track) {
    this.tracks.push(track);
  }

  removeTrack(track) {
    this.tracks = this.tracks.filter((other) => other !== track);
  }
}

export const device = (id, group = `${id}-group`) => ({ id, label: `The ${id}`, group });

export class FakeMachine extends EventTarget {
  microphones = [device('built-in'), device('headset')];
  outputs = [device('speakers'), device('headphones')];
  tracks = [];
  /** The constraints of each getUserMedia. */
  requests = [];
  /** What a device that is asked for fails with: the name of an error; undefined: it opens. */
  failure = () => undefined;
  /** What a system that is on the phone gives. */
  givesMuted = false;

  async getUserMedia({ audio }) {
    this.requests.push(audio);
    const { exact, ideal } = audio.deviceId ?? {};
    const find = (wanted) => this.microphones.find(({ id }) => id === wanted);
    const found = exact ? find(exact) : find(ideal) ?? this.microphones[0];
    await Promise.resolve();
    const name = this.failure(found?.id, audio) ?? (found ? undefined : exact ? 'OverconstrainedError' : 'NotFoundError');
    if (name) throw new DOMException(`no: ${name}`, name);
    const track = new FakeTrack(found, this.givesMuted);
    this.tracks.push(track);
    return new FakeStream([track]);
  }

  async enumerateDevices() {
    const of = (kind, devices) => devices.map(({ id, label, group }) => ({ kind, deviceId: id, label, groupId: group }));
    return [...of('audioinput', this.microphones), { kind: 'videoinput' }, ...of('audiooutput', this.outputs)];
  }

  changed() {
    this.dispatchEvent(new Event('devicechange'));
  }

  plug(microphone) {
    this.microphones.push(microphone);
    this.changed();
  }

  /** Chromium ends the tracks; others only have a shorter list. */
  unplug(id, { ends = true } = {}) {
    this.microphones = this.microphones.filter((microphone) => microphone.id !== id);
    if (ends) for (const track of this.tracks) track.device.id === id && track.end();
    this.changed();
  }

  get live() {
    return this.tracks.filter(({ readyState }) => readyState === 'live');
  }
}

/** Until the test `t` ends. */
export function fakeMachine(t) {
  const machine = new FakeMachine();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const show = (visibilityState) => {
    document.visibilityState = visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  const globals = { navigator: { mediaDevices: machine }, MediaStream: FakeStream, document, isSecureContext: true };
  for (const [name, value] of Object.entries(globals)) setGlobal(t, name, value);
  return { machine, show };
}

/** Until the test `t` ends. */
export function setGlobal(t, name, value) {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
}

/** A microphone on a machine in virtual time; `log` has its states and the devices that it went over to. */
export async function openMicrophone(t, options) {
  const time = new VirtualTime(t);
  const { machine, show } = fakeMachine(t);
  const microphone = await Microphone.open(options);
  t.after(() => microphone.close());
  const log = [];
  microphone.addEventListener('state', ({ detail: { state, reason } }) => log.push(reason ? `${state}: ${reason}` : state));
  microphone.addEventListener('track', ({ detail: { track } }) => log.push(track.device.id));
  return { time, machine, show, microphone, log };
}
