// SPDX-License-Identifier: Apache-2.0
// Encryption, the page's side of end-to-end encryption: takes keys from the application, and puts a worker between the codecs and the network.

import { TypedEvents } from '../protocol/typed_events.js';
import { VoiceError } from '../protocol/voice_error.js';
import { SUITES } from './cipher_suites.js';
import { senderNumber } from './key_id.js';
import { MESSAGE } from './messages.js';
import { keepRecent } from './recent.js';

/** @typedef {import('./state_reports.js').State} EncryptionState */
/** @typedef {{source_number?: number}} RosterEntry */

const LEAST_KEY_BYTES = 16;
const PASSPHRASE = { iterations: 600000, hash: 'SHA-256', bits: 256 };
const MOST_STATES = 1024;

/** Whether this browser can do it. */
export function isEncryptionSupported() {
  return typeof RTCRtpScriptTransform === 'function' && typeof Worker === 'function' && Boolean(globalThis.crypto?.subtle);
}

/** @param {ArrayBuffer | ArrayBufferView<ArrayBuffer>} key @returns {ArrayBuffer} */
function copied(key) {
  const copy = ArrayBuffer.isView(key) ? key.buffer.slice(key.byteOffset, key.byteOffset + key.byteLength) : key.slice(0);
  if (copy.byteLength < LEAST_KEY_BYTES) throw new TypeError(`A key needs at least ${LEAST_KEY_BYTES} bytes.`);
  return copy;
}

/** @param {unknown} [cause] */
const noWorker = (cause) => new VoiceError('not-supported', { message: 'The worker of the encryption does not start.', cause });

function startWorker() {
  try {
    return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw noWorker(error); // Some browsers say at once that a policy forbids it, others with an event.
  }
}

/** @param {ArrayBuffer} material */
const importKey = (material) => crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveBits']);

/**
 * End-to-end encryption of one participant's calls: SFrame (RFC 9605). Give it to the client as `encryption`. Nothing leaves this page unsealed: a
 * participant without a key is silent. Event: `state` {participant, state}, whether what that participant says can be heard: `ok`, `missing-key` or
 * `wrong-key`; of this participant itself, whether it has a key to send with.
 * @extends {TypedEvents<{state: {participant: string, state: EncryptionState}}>}
 */
export class Encryption extends TypedEvents {
  #worker;
  #ownsWorker;
  #salt;
  /** @type {Map<string, EncryptionState>} */
  #states = new Map();
  /** @type {ReadonlyMap<string, RosterEntry>} */
  #roster = new Map();
  /** @type {Map<string, import('./messages.js').Report>} */
  #unnamed = new Map(); // Reports of senders that the roster does not show yet.
  /** @type {Map<number, {resolve: (value: unknown) => void, reject: (error: Error) => void}>} */
  #pending = new Map(); // Commands, by their ids.
  #lastId = 0;
  #hasStarted = false;
  /** @type {Promise<unknown>} */
  #former = Promise.resolve(); // Settled when no command is under way.
  /** @type {VoiceError | null} */
  #broken = null;

  /**
   * `worker`: one of the application's, which imports '@veche/client/e2ee-worker', for this object alone. `suite`: one of SUITES, the same for everybody in
   * the call. `salt`: needed for passphrases, the same for everybody in the call, such as the room's name.
   * @param {{worker?: Worker, suite?: number, salt?: string}} [options]
   */
  constructor({ worker, suite = SUITES.AES_128_GCM_SHA256_128, salt } = {}) {
    super();
    if (!isEncryptionSupported()) throw new VoiceError('not-supported', { message: 'This browser has no RTCRtpScriptTransform.' });
    if (!Object.values(SUITES).includes(/** @type {any} */ (suite))) throw new TypeError(`There is no cipher suite ${suite}.`);
    this.#ownsWorker = !worker;
    this.#worker = worker ?? startWorker();
    this.#salt = salt;
    this.#worker.addEventListener('message', ({ data }) => data?.type === MESSAGE && this.#take(data));
    this.#worker.addEventListener('error', () => this.#hasStarted || this.#break(noWorker())); // Later it is an error of the application's own.
    this.#command({ suite }).catch(() => {}); // The first key tells.
  }

  /** Always: what is to be sealed never leaves without, not even after `close`. */
  get isActive() {
    return true;
  }

  /** participant -> the last `state` event's state. @returns {ReadonlyMap<string, EncryptionState>} */
  get states() {
    return this.#states;
  }

  /**
   * Makes a key known: of a participant, or, for `null`, of everybody. A key has at least 16 bytes, random ones; a string is a passphrase, which people can
   * guess more easily. `index` counts an owner's keys; the last sixteen are known. With `sends: false` the owner goes on with its former key until `useKey`.
   * Resolves when the key is in use; rejects with a VoiceError if the worker does not start.
   * @param {string | null} participant @param {ArrayBuffer | ArrayBufferView<ArrayBuffer> | string} key @param {{index?: number, sends?: boolean}} [options]
   */
  async setKey(participant, key, { index = 0, sends = true } = {}) {
    if (!Number.isSafeInteger(index) || index < 0) throw new TypeError('index has to be a whole number from 0.');
    const material = typeof key === 'string' ? key : copied(key);
    await this.#inOrder(async () => {
      const baseKey = await importKey(typeof material === 'string' ? await this.#stretch(material) : material);
      await this.#command({ set: participant, index, key: baseKey, sends });
    });
  }

  /**
   * From now on the owner, this participant or everybody (`null`), sends with its key `index`. False if there is none.
   * @param {string | null} participant @param {number} index @returns {Promise<boolean>}
   */
  useKey(participant, index) {
    return this.#inOrder(async () => Boolean(await this.#command({ use: participant, index })));
  }

  /** Forgets one key of an owner, or all of them. @param {string | null} participant @param {number} [index] @returns {Promise<void>} */
  removeKey(participant, index) {
    return this.#inOrder(async () => {
      await this.#command({ remove: participant, index });
    });
  }

  /** What became of the frames so far. @returns {Promise<import('./messages.js').Counts>} */
  counts() {
    return /** @type {Promise<any>} */ (this.#command({ count: true }));
  }

  /** Before its first packet. @param {RTCRtpSender} sender @param {string} participant This page's own. */
  attachSender(sender, participant) {
    sender.transform = this.#transform({ type: MESSAGE, participant });
  }

  /** Before its first packet. @param {RTCRtpReceiver} receiver */
  attachReceiver(receiver) {
    receiver.transform = this.#transform({ type: MESSAGE });
  }

  /** Whom the roster shows: for the names in events. @param {ReadonlyMap<string, RosterEntry>} roster */
  participants(roster) {
    this.#roster = roster;
    const reports = [...this.#unnamed.values()];
    this.#unnamed.clear();
    for (const report of reports) this.#tell(report);
  }

  /** Forgets all keys, for good. What is still attached falls silent. */
  close() {
    this.#command({ end: true }).catch(() => {});
    this.#break(new VoiceError('interrupted', { message: 'The encryption has been closed.' }));
    if (this.#ownsWorker) this.#worker.terminate();
  }

  /** @param {object} options */
  #transform(options) {
    if (this.#broken) throw this.#broken; // Rather than to send what nobody seals.
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  /** One after the other: a passphrase takes longer than a key. @template T @param {() => Promise<T>} task @returns {Promise<T>} */
  #inOrder(task) {
    const done = this.#former.then(task);
    this.#former = done.catch(() => {});
    return done;
  }

  /** @param {string} passphrase */
  async #stretch(passphrase) {
    if (this.#salt === undefined) throw new TypeError('A passphrase needs the option salt, such as the name of the room.');
    const { iterations, hash, bits } = PASSPHRASE;
    const encoder = new TextEncoder();
    const key = await crypto.subtle.importKey('raw', encoder.encode(passphrase), 'PBKDF2', false, ['deriveBits']);
    return crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt: encoder.encode(`veche ${this.#salt}`), iterations }, key, bits);
  }

  /** @param {import('./messages.js').Command} command @returns {Promise<unknown>} */
  #command(command) {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = (this.#lastId += 1);
    this.#worker.postMessage({ type: MESSAGE, id, command });
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** @param {VoiceError} error */
  #break(error) {
    this.#broken ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /** @param {Partial<import('./messages.js').Done> & {report?: import('./messages.js').Report}} message */
  #take({ done = 0, value, report }) {
    this.#hasStarted = true;
    if (report) return this.#tell(report);
    this.#pending.get(done)?.resolve(value);
    this.#pending.delete(done);
  }

  /** @param {import('./messages.js').Report} report */
  #tell(report) {
    const participant = report.participant ?? this.#nameOf(report);
    if (participant === undefined) return keepRecent(this.#unnamed, `${report.source ?? ''} ${report.sender}`, report, MOST_STATES);
    if (this.#states.get(participant) === report.state) return;
    keepRecent(this.#states, participant, report.state, MOST_STATES);
    this.dispatchEvent(new CustomEvent('state', { detail: { participant, state: report.state } }));
  }

  /**
   * What was opened says itself whose it is; of anything else the server's word has to do.
   * @param {import('./messages.js').Report} report @returns {string | undefined}
   */
  #nameOf({ sender, source, state }) {
    const everybody = [...this.#roster];
    const bySender = everybody.filter(([participant]) => senderNumber(participant) === sender).map(([participant]) => participant);
    if (state === 'ok' && bySender.length === 1) return bySender[0];
    const bySource = everybody.find(([, entry]) => source !== undefined && entry.source_number === source)?.[0];
    return bySource ?? (bySender.length === 1 ? bySender[0] : undefined);
  }
}
