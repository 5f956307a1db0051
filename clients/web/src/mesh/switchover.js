// SPDX-License-Identifier: Apache-2.0
// Goes from one transport to the other as the backend says: the former one plays and sends until the new one is heard.

import { VoiceError } from '../protocol/voice_error.js';
import { Handover } from './handover.js';

/** @typedef {import('./handover.js').Transport} Transport */
/** @typedef {import('../client_types.js').StateDetail} StateDetail */
/** @typedef {{sfu: import('../sfu_voice_client.js').SFUVoiceClient, mesh: import('./mesh_voice_client.js').MeshVoiceClient}} Clients */
/** @typedef {{transport: Transport, reason: string, because?: string, number: number, settled: boolean, lost_ms?: number}} Decision */

const TICK_MS = 40; // Only while it goes.
const MESH_MS = 3000; // A mesh counts as made after this, although not all are connected.
/** Until a page says that it does not reach the SFU: where nobody is heard meanwhile, where the mesh still plays, and then again. The backend waits 10 s for a switch. */
const REPORT_MS = { first: 2500, inMesh: 8000, next: 5000 };
const RETRY_MS = 1500;
/** Ends of a client that are those of the call, whatever the transport. */
const FINAL = new Set(['removed', 'replaced', 'room_closed', 'policy_violation']);
const ENDED = new Map([['/problems/participant-removed', 'removed'], ['/problems/room-deleted', 'room_closed'], ['/problems/not-found', 'room_closed']]);

/** Why a refusal ends the call, whatever the transport; undefined: another attempt may succeed. @param {any} error */
export function endOf(error) {
  return ENDED.get(error?.type);
}

/**
 * @typedef {object} SwitchoverOptions
 * @property {Clients} clients
 * @property {() => import('../client_types.js').MicrophoneSource} lend The microphone, for one client.
 * @property {(type: string, data?: object) => void} tell the backend
 * @property {(change: {transport: Transport, reason: string, gapMs: number} | null) => void} onReady The transport works; null: again.
 * @property {(detail: Partial<StateDetail>) => void} onTrouble Nobody is heard now.
 * @property {(error: VoiceError) => void} onProblem
 * @property {(reason: string, more: {detail?: string, error?: any}) => void} onEnd
 */

export class Switchover {
  /** @type {Transport | null} By which this page is heard; null: not yet. */
  transport = null;
  #options;
  #clients;
  /** @type {{transport: Transport, reason: string, number: number} | null} */
  #wanted = null;
  #isReady = false; // The wanted transport works.
  #startedMs = 0;
  /** @type {number | null} */
  #lostMs = null; // When the SFU fell silent.
  /** @type {Handover | null} */
  #handover = null;
  #isAlone = false; // With not reaching the SFU: the page has been told.
  #isStopped = false;
  /** @type {Map<string, number>} */
  #volumes = new Map();
  /** @type {Record<'tick' | 'report' | 'retry', ReturnType<typeof setTimeout> | undefined>} */
  #timers = { tick: undefined, report: undefined, retry: undefined };

  /** @param {SwitchoverOptions} options */
  constructor(options) {
    this.#options = options;
    this.#clients = options.clients;
    for (const transport of /** @type {const} */ (['sfu', 'mesh'])) {
      this.#clients[transport].addEventListener('state', ({ detail }) => this.#clientChanged(transport, detail));
    }
  }

  /** What the backend has decided for the room. @param {Decision} decision */
  follow({ transport, reason, because = reason, number, settled, lost_ms: lostMs = 0 }) {
    const former = this.#wanted?.transport;
    this.#wanted = { transport, reason: because, number };
    if (transport === former) {
      if (this.#isReady) this.#tellUse(); // The backend may have restarted.
      if (settled) this.settle(number);
      return;
    }
    this.#isReady = this.#isAlone = false;
    const nowMs = performance.now();
    if (this.#handover) this.#handover.turn(nowMs);
    else if (former) this.#handover = new Handover(transport, this.#clients[former].roster.keys(), nowMs, this.#lostMs ?? (lostMs ? nowMs - lostMs : null));
    this.#applyVolumes();
    this.#watchUnreached(this.#handover?.from === 'mesh' ? REPORT_MS.inMesh : REPORT_MS.first);
    this.#start();
  }

  /** Everybody has switched, or is left out. @param {number} number */
  settle(number) {
    if (number !== this.#wanted?.number) return;
    this.#handover?.settle(performance.now());
    if (this.transport && !this.#isReady) this.#options.onTrouble({ reason: 'unreachable' }); // The others have gone.
  }

  /** The others reach the SFU. */
  beAlone() {
    if (this.#isAlone) return;
    this.#isAlone = true;
    this.#options.onProblem(new VoiceError('unreachable', { message: 'Only this page cannot reach the server' }));
  }

  /** @param {string} participant @param {number} volume */
  setVolume(participant, volume) {
    this.#volumes.set(participant, volume);
    this.#applyVolume(participant);
  }

  stop() {
    this.#isStopped = true;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    for (const client of Object.values(this.#clients)) client.leave();
  }

  /** Makes the wanted transport, unless it is still there. */
  #start() {
    this.#startedMs = performance.now();
    clearTimeout(this.#timers.retry);
    const transport = this.#wanted?.transport;
    const client = transport && this.#clients[transport];
    if (client?.state === 'closed') client.join(this.#options.lend()).catch((error) => error?.code === 'not-supported' && this.#end('refused', { error }));
    else if (transport === 'mesh') this.#clients.mesh.renew();
    else if (client?.state === 'connected') this.#ready();
    this.#tick();
  }

  /** @param {Transport} transport @param {StateDetail} detail */
  #clientChanged(transport, { state, reason, detail, ...more }) {
    if (this.#isStopped) return;
    if (transport === 'sfu' && state !== 'connected' && this.transport === 'sfu') this.#lostMs ??= performance.now();
    if (state === 'closed' && FINAL.has(reason)) return this.#end(reason, { detail });
    if (transport !== this.#wanted?.transport || reason === 'left') return;
    if (state === 'closed') return this.#failed(more.error);
    if (state !== 'connected') {
      if (transport === 'sfu') this.#isReady = false;
      if (transport === 'sfu' && this.#timers.report === undefined) this.#watchUnreached(REPORT_MS.first);
      if (this.transport === transport) this.#options.onTrouble({ reason, ...more });
    } else if (transport === 'sfu') this.#ready();
    else if (this.#isReady) this.#options.onReady(null);
  }

  /** @param {any} error of an attempt that nobody repeats */
  #failed(error) {
    this.#isReady = false;
    const end = endOf(error);
    if (end) return this.#end(end, { error });
    if (error?.code === 'unreachable') this.#options.tell('unreachable');
    this.#timers.retry = setTimeout(() => this.#wanted?.transport === 'sfu' && this.#start(), RETRY_MS);
  }

  /** @param {string} reason @param {{detail?: string, error?: any}} more */
  #end(reason, more) {
    if (!this.#isStopped) this.#options.onEnd(reason, more);
  }

  /** Tells the backend after that time that this page does not reach the SFU, and then again and again. @param {number} afterMs */
  #watchUnreached(afterMs) {
    clearTimeout(this.#timers.report);
    this.#timers.report = setTimeout(() => {
      this.#timers.report = undefined;
      if (this.#isReady || this.#wanted?.transport !== 'sfu') return;
      this.#options.tell('unreachable');
      this.#watchUnreached(REPORT_MS.next);
    }, afterMs);
  }

  /** The wanted transport works. */
  #ready() {
    if (!this.#wanted || this.#isReady) return;
    const { transport, reason } = this.#wanted;
    const isNew = this.transport !== transport;
    const gapMs = isNew ? this.#gapMs() : undefined;
    this.#isReady = true;
    this.#isAlone = false;
    if (transport === 'sfu') this.#lostMs = null;
    this.transport = transport;
    this.#tellUse(gapMs);
    this.#options.onReady(isNew ? { transport, reason, gapMs: gapMs ?? 0 } : null);
  }

  /** The server may be lost for the backend, and not for this page. */
  #gapMs() {
    const handover = this.#handover;
    return handover ? (this.#clients[handover.from].levels().size > 0 ? 0 : handover.gapMs(performance.now())) : undefined;
  }

  /** @param {number} [gapMs] */
  #tellUse(gapMs) {
    if (this.#wanted) this.#options.tell('using', { transport: this.#wanted.transport, number: this.#wanted.number, gap_ms: gapMs });
  }

  /** Who is heard by which transport, and whether the former one can be closed. */
  #tick() {
    clearTimeout(this.#timers.tick);
    if (this.#isStopped) return;
    const nowMs = performance.now();
    const { mesh } = this.#clients;
    const makesMesh = this.#wanted?.transport === 'mesh' && !this.#isReady;
    if (makesMesh && (mesh.isComplete || (mesh.self && nowMs - this.#startedMs > MESH_MS))) this.#ready();
    if (this.#handover) this.#handOver(this.#handover, nowMs);
    if (this.#handover || (makesMesh && !this.#isReady)) this.#timers.tick = setTimeout(() => this.#tick(), TICK_MS);
  }

  /** @param {Handover} handover @param {number} nowMs */
  #handOver(handover, nowMs) {
    const { [handover.from]: former, [handover.to]: next } = this.#clients;
    for (const participant of handover.cross(next.levels().keys())) this.#applyVolume(participant);
    if (former.state !== 'connected') handover.lose(nowMs);
    if (!this.#isReady || !handover.isOver(former.levels().keys(), nowMs)) return;
    this.#handover = null;
    former.leave();
    this.#applyVolumes();
  }

  #applyVolumes() {
    const { sfu, mesh } = this.#clients;
    for (const participant of new Set([...this.#volumes.keys(), ...sfu.roster.keys(), ...mesh.roster.keys()])) this.#applyVolume(participant);
  }

  /** @param {string} participant */
  #applyVolume(participant) {
    for (const transport of /** @type {const} */ (['sfu', 'mesh'])) {
      const isHeard = this.#handover?.isHeard(participant, transport) ?? true;
      this.#clients[transport].setVolume(participant, isHeard ? this.#volumes.get(participant) ?? 1 : 0);
    }
  }
}
