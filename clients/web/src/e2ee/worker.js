// SPDX-License-Identifier: Apache-2.0
// The worker through which every frame goes: holds the keys, and never lets a frame out that is not sealed. A module worker, or imported by one.

import { FrameOpener } from './frame_opener.js';
import { FrameSealer } from './frame_sealer.js';
import { KeyStore } from './key_store.js';
import { MESSAGE } from './messages.js';
import { StateReports } from './state_reports.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */
/** @typedef {{data: ArrayBuffer, getMetadata(): {contributingSources?: number[]}}} Frame */
/** @typedef {{enqueue(frame: Frame): void}} Output */

/** 20 ms of silence (RFC 6716 section 3.1, CELT of full band). The server ends a slot with it, unsealed: it is no secret, and no sound. */
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

const scope = /** @type {any} */ (self); // TypeScript's DOM types are those of a page.
/** @type {{store: KeyStore, sealer: FrameSealer, opener: FrameOpener, reports: StateReports} | null} */
let call = null;

const counts = { sealed: 0, withheld: 0, opened: 0, silenced: 0, repeated: 0 };

/** @param {Uint8Array} frame */
const isSilence = (frame) => frame.length === SILENCE.length && frame.every((byte, i) => byte === SILENCE[i]);

/** @param {string | number} key @param {import('./messages.js').Report} report */
function tell(key, report) {
  if (call?.reports.take(key, report.state, performance.now())) scope.postMessage({ type: MESSAGE, report });
}

/** @param {string} participant */
const seal = (participant) => async (/** @type {Frame} */ frame, /** @type {Output} */ output) => {
  const sealed = await call?.sealer.seal(participant, new Uint8Array(frame.data)).catch(() => null);
  counts[sealed ? 'sealed' : 'withheld'] += 1;
  tell('own', { participant, state: sealed ? 'ok' : 'missing-key' });
  if (!sealed) return;
  frame.data = sealed.buffer;
  output.enqueue(frame);
};

/**
 * What cannot be opened becomes silence: the decoder makes no noise of it, and makes up nothing in its place.
 * @param {Frame} frame @param {Output} output
 */
async function open(frame, output) {
  const bytes = new Uint8Array(frame.data);
  if (bytes.length === 0 || isSilence(bytes)) return output.enqueue(frame); // The server's own: probes, and the end of a slot.
  /** @type {import('./frame_opener.js').Opened} */
  const opened = await call?.opener.open(bytes).catch(() => null) ?? { state: 'missing-key', sender: -1 };
  const { state, sender } = opened;
  counts[state === 'ok' ? 'opened' : state === 'repeated' ? 'repeated' : 'silenced'] += 1;
  if (state === 'repeated') return;
  const [source] = frame.getMetadata().contributingSources ?? [];
  tell(source ?? `sender ${sender}`, { sender, source, state });
  frame.data = (opened.state === 'ok' ? opened.plaintext : SILENCE.slice()).buffer;
  output.enqueue(frame);
}

/** @param {any} command One of messages.js. */
function carryOut(command) {
  if ('suite' in command) {
    const store = new KeyStore();
    const { suite } = command;
    call = { store, sealer: new FrameSealer(store, suite), opener: new FrameOpener(store, suite), reports: new StateReports() };
  } else if ('end' in command) {
    call = null;
  } else if ('set' in command) {
    call?.store.set(command.set, command.index, command.key, { sends: command.sends });
  } else if ('use' in command) {
    return call?.store.use(command.use, command.index);
  } else if ('count' in command) {
    return { ...counts };
  } else {
    call?.store.remove(command.remove, command.index);
  }
}

scope.addEventListener('message', (/** @type {MessageEvent} */ { data }) => {
  if (data?.type !== MESSAGE) return;
  scope.postMessage({ type: MESSAGE, done: data.id, value: carryOut(data.command) });
});

scope.addEventListener('rtctransform', (/** @type {any} */ { transformer: { readable, writable, options } }) => {
  if (options?.type !== MESSAGE) return;
  const transform = options.participant === undefined ? open : seal(options.participant);
  readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable).catch(() => {}); // The connection has ended.
});
