// SPDX-License-Identifier: Apache-2.0
// The attempts of a call: the first session, its revival when the network fails, the next session where that does not help, and the end.

import { isFinal, Rejoin } from '../protocol/rejoin.js';
import { Problem } from '../protocol/voice_error.js';
import { request } from './api.js';
import { Invitations } from './invitations.js';
import { PROBING_MS, Session } from './session.js';

/** @typedef {'connecting' | 'connected' | 'reconnecting'} Progress */
/** @typedef {{reason?: string, attempt?: number, retryMs?: number, error?: any}} ProgressDetail */
/** @typedef {{always?: boolean, tell?: boolean}} How `always`: ICE is restarted in any case. `tell`: nobody awaits the attempt. */

/** @typedef {{abort: AbortController, isReviving: boolean, isHealed: boolean}} Run `isHealed`: the connection came back by itself meanwhile. */

/**
 * @typedef {object} ConnectorOptions
 * @property {string} url of the participant
 * @property {string} participant
 * @property {import('./invitations.js').TokenSource} token
 * @property {import('./invitations.js').IceServerSource} [iceServers]
 * @property {import('./peer.js').Encryption | null} encryption
 * @property {() => number} random
 * @property {() => import('./session.js').Media} media What a new session sends and plays.
 * @property {(state: Progress, detail: ProgressDetail) => void} onState
 * @property {(session: Session) => void} onSession Another one is open.
 * @property {(message: import('./events.js').Message) => void} onMessage
 * @property {(error: any) => void} onProblem The refusal that ends a call.
 * @property {(reason: string, detail: {detail?: string, error?: any}) => void} onEnd
 */

export class Connector {
  /** @type {Session | null} */
  session = null;
  sessions = 0; // How many there have been.
  isCut = false; // No request gets through: a failure that a test injects.
  #options;
  #invitations;
  #rejoin = new Rejoin();
  #isOpen = false;
  #needsSession = false; // The present one has not the media that are wanted.
  /** @type {Run | null} */
  #run = null; // The attempt under way.
  #opening = Promise.resolve(); // Settled when no attempt is under way, those included that nobody wants any more.
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;

  /** @param {ConnectorOptions} options */
  constructor(options) {
    this.#options = options;
    this.#invitations = new Invitations({ ...options, request: this.request });
  }

  /** @type {import('./api.js').Request} */
  request = (url, options, credential) =>
    this.isCut ? Promise.reject(new Problem({ title: 'The server cannot be reached' })) : request(url, options, credential);

  /** Begins a call, or opens another session during one. Rejects with what ends the call. */
  async start() {
    this.#cancel();
    if (!this.#isOpen) this.#rejoin = new Rejoin({ renewsToken: this.#invitations.renews, random: this.#options.random });
    this.#isOpen = true;
    this.#needsSession = true;
    this.#options.onState('connecting', {});
    const error = await this.#attempt({});
    if (error) throw error;
  }

  /** Quietly; `remove` tells the server. @param {{remove?: boolean}} [options] */
  stop({ remove = false } = {}) {
    this.#isOpen = false;
    this.#cancel(); // An offer under way gets its answer, so that its session can be removed.
    this.#invitations.stop();
    this.session?.close({ remove });
    this.session = null;
  }

  /**
   * Tries to come back. While it does so already, that goes on, unless the network has just returned.
   * @param {string} reason
   * @param {{isReturn?: boolean, always?: boolean}} [options]
   */
  recover(reason, { isReturn = false, always = isReturn } = {}) {
    if (!this.#isOpen || !this.#rejoin.isIn || (this.#isBusy && !isReturn)) return;
    this.#cancel({ abort: true });
    if (isReturn) this.#rejoin.returned();
    this.#carryOut(this.#rejoin.ended(reason, performance.now()), { always });
  }

  /** A person waits: for the present pause no longer. */
  hurry() {
    if (this.#retryTimer !== undefined) this.recover('page seen', { isReturn: true, always: false });
  }

  /** The page is put aside: the others see that this participant has left, until `recover`. */
  suspend() {
    if (!this.#isOpen) return;
    if (!this.#rejoin.isIn) {
      this.stop({ remove: true });
      return this.#options.onEnd('left', {});
    }
    this.#cancel({ abort: true });
    this.session?.close({ remove: true });
    this.#options.onState('reconnecting', { reason: 'page hidden' });
  }

  get #isBusy() {
    return this.#run !== null || this.#retryTimer !== undefined;
  }

  #cancel({ abort = false } = {}) {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const run = this.#run;
    this.#run = null;
    if (abort) run?.abort.abort();
  }

  /** Returns the error that ends the call, or null. @param {How} how */
  async #attempt(how) {
    /** @type {Run} */
    const run = { abort: new AbortController(), isReviving: false, isHealed: false };
    this.#run = run;
    const former = this.#opening;
    let settle = () => {};
    this.#opening = new Promise((resolve) => (settle = () => resolve()));
    try {
      await former; // Its offer must not arrive after the one of this attempt: that would replace this session.
      if (this.#run === run) await this.#connect(run, how);
    } catch (error) {
      return this.#run === run ? this.#failed(error, run.isHealed, how) : null;
    } finally {
      settle();
      if (this.#run === run) this.#run = null;
    }
    return null;
  }

  /** @param {Run} run @param {How} how */
  async #connect(run, { always }) {
    const { signal } = run.abort;
    const isPresent = () => this.#run === run;
    let session = this.session;
    run.isReviving = session !== null && !this.#needsSession;
    const credentials = await this.#invitations.credentials(signal, run.isReviving ? PROBING_MS : undefined);
    if (!isPresent()) return;
    const isRevived = run.isReviving && (await session?.revive(credentials, { always, signal }));
    if (!isPresent()) return;
    run.isReviving = false;
    if (!session || !isRevived) {
      session = this.#replace();
      await session.open(this.#options.media(), credentials, signal);
      if (!isPresent()) return;
      this.#needsSession = false;
      this.#options.onSession(session);
    }
    this.#rejoin.answered();
    this.#invitations.keep(session);
  }

  /**
   * @param {any} error
   * @param {boolean} isHealed
   * @param {How} how
   */
  #failed(error, isHealed, how) {
    this.#run = null;
    if (isHealed && error?.code === 'unreachable') return null;
    const decision = this.#rejoin.failed(error, performance.now(), { ofToken: error?.ofToken });
    if (decision.end && how.tell) this.#options.onProblem(error);
    this.#carryOut(decision, { ...how, error });
    return decision.end ? error : null;
  }

  /** A session to open, in place of the present one. */
  #replace() {
    const { url, participant, encryption, random, onMessage } = this.#options;
    this.session?.close();
    this.#invitations.stop();
    /** @type {Session} */
    const session = new Session({
      url, participant, encryption, random,
      request: this.request,
      renewToken: this.#invitations.renews ? async () => (await this.#invitations.next()).token : null,
      onConnected: () => this.session === session && this.#connected(),
      onTrouble: (reason) => this.session === session && this.recover(reason),
      onMessage: (message) => this.session === session && onMessage(message),
      onEnd: (reason, detail) => this.session === session && this.#ended(reason, detail),
    });
    this.session = session;
    this.sessions += 1;
    return session;
  }

  #connected() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    if (this.#run) this.#run.isHealed = true;
    this.#rejoin.connected(performance.now());
    this.#options.onState('connected', {});
  }

  /** @param {string} reason @param {string} [detail] */
  #ended(reason, detail) {
    if (this.#run?.isReviving && !isFinal(reason)) return; // It goes on, to another session.
    this.#cancel({ abort: true });
    this.#carryOut(this.#rejoin.ended(reason, performance.now()), { detail });
  }

  /**
   * @param {import('../protocol/rejoin.js').End | import('../protocol/rejoin.js').Retry} decision
   * @param {How & {detail?: string, error?: any}} more
   */
  #carryOut(decision, { always, detail, error }) {
    if (decision.end !== undefined) return this.#end(decision.end, { detail, error });
    const { retryMs, attempt, reason } = decision;
    const begin = () => {
      this.#retryTimer = undefined;
      if (retryMs > 0) this.#options.onState('reconnecting', { reason, attempt, retryMs: 0, error });
      this.#attempt({ always, tell: true });
    };
    this.#options.onState('reconnecting', { reason, attempt, retryMs, error });
    if (retryMs > 0) this.#retryTimer = setTimeout(begin, retryMs);
    else begin();
  }

  /** @param {string} reason @param {{detail?: string, error?: any}} why */
  #end(reason, { detail, error = reason === 'unreachable' ? new Problem({ title: 'The server cannot be reached' }) : null }) {
    this.stop();
    this.#options.onEnd(reason, { detail, error });
  }
}
