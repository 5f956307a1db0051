// SPDX-License-Identifier: Apache-2.0
// Decides whether and when a client joins again. Takes events and the time, and returns decisions: it reads no clock, and starts no timer.

import { Ladder } from './ladder.js';
import { BUSY, isOutdated, Problem, VoiceError } from './voice_error.js';

const STABLE_MS = 10000; // A connection that lasted this long begins the ladder of pauses again.
/** After this long without a connection the call is over: nobody waits for it any more. */
const GIVE_UP_MS = 600000;
/** A server that restarted has no rooms, unless it makes them for each join: the backend notices, and makes them again. */
const ABSENT_MS = 120000;
/** In a row: a token may expire on its way, and so may the next one of a cache. */
const MOST_REFUSED_TOKENS = 2;
/** Reasons of a `closing` message after which a rejoin would be wrong or useless. */
const FINAL_REASONS = new Set(['left', 'removed', 'replaced', 'room_closed', 'bad_fingerprint', 'policy_violation']);
/** What happens to all clients of a server, or of a proxy, in the same moment. */
const SHARED_REASONS = new Set(['events lost', 'server_stopping']);
/** Refusals of a token that say what became of the participant or the room meanwhile: another token would only begin again what was ended. */
const ENDED = new Map([['/problems/participant-removed', 'removed'], ['/problems/room-deleted', 'room_closed']]);

/** Whether no session may follow one that the server has ended for this reason. @param {string} reason */
export const isFinal = (reason) => FINAL_REASONS.has(reason);

/** @typedef {{end: string}} End The call is over, for this reason. */
/** @typedef {{end?: undefined, retryMs: number, attempt: number, reason: string}} Retry */
/** @typedef {{status?: number, type?: string, message?: string, retryAfterMs?: number, final?: boolean} | null | undefined} Failure */

/** One call, from `join` to its end. */
export class Rejoin {
  #renewsToken;
  #ladder;
  #isIn = false; // The server has answered an offer of this call.
  /** @type {number | null} */
  #connectedAtMs = null;
  /** @type {number | null} */
  #lostAtMs = null;
  /** @type {number | null} */
  #absentSinceMs = null;
  #refusedTokens = 0;
  #welcomeAtMs = -Infinity; // As a Retry-After said, which counts whatever happens meanwhile.

  /** @param {{renewsToken?: boolean, random?: () => number}} [options] `renewsToken`: each attempt gets a token of its own. */
  constructor({ renewsToken = false, random = Math.random } = {}) {
    this.#renewsToken = renewsToken;
    this.#ladder = new Ladder(random);
  }

  get isIn() {
    return this.#isIn;
  }

  /** The server has answered an offer. */
  answered() {
    this.#isIn = true;
    this.#absentSinceMs = null;
    this.#refusedTokens = 0;
  }

  /** @param {number} nowMs */
  connected(nowMs) {
    this.#connectedAtMs = nowMs;
    this.#lostAtMs = null;
  }

  /** The network of this client is back, or the page is: no earlier failure says anything about it. */
  returned() {
    this.#ladder.reset();
    this.#connectedAtMs = null;
    this.#lostAtMs = null;
  }

  /**
   * A session has ended after its answer, or is in trouble: what the server said, or how the connection failed.
   * @param {string} reason
   * @param {number} nowMs
   * @returns {End | Retry}
   */
  ended(reason, nowMs) {
    return isFinal(reason) ? { end: reason } : this.#retry(reason, nowMs, { isShared: SHARED_REASONS.has(reason) });
  }

  /**
   * An attempt has failed. `error` may come from the server (a Problem), from the function that gets tokens (`ofToken`), or from the browser. Those without a
   * `status` are temporary unless they say `final`.
   * @param {Failure} error
   * @param {number} nowMs
   * @param {{ofToken?: boolean}} [options]
   * @returns {End | Retry}
   */
  failed(error, nowMs, { ofToken = false } = {}) {
    const isOver = this.#isFinal(error, nowMs, ofToken);
    if (!this.#isIn) return { end: isOver || error?.status ? 'refused' : 'unreachable' }; // The caller of `join` sees why, and may try again.
    if (isOver) return { end: ENDED.get(error?.type ?? '') ?? 'refused' };
    return this.#retry(error?.message ?? String(error), nowMs, { retryAfterMs: error?.retryAfterMs });
  }

  /**
   * @param {Failure} error
   * @param {number} nowMs
   * @param {boolean} ofToken
   */
  #isFinal(error, nowMs, ofToken) {
    const status = error?.status;
    if (error?.final || (error instanceof VoiceError && !(error instanceof Problem))) return true; // The latter: this browser, or its keys.
    if (!error || typeof status !== 'number' || status < 400 || status >= 500 || BUSY.has(status)) return false;
    if (status === 404) {
      this.#absentSinceMs ??= nowMs;
      return nowMs - this.#absentSinceMs >= ABSENT_MS;
    }
    // Any other refusal, and any by the backend, holds for the next attempt too.
    if (!isOutdated(error) || ofToken || !this.#renewsToken) return true;
    this.#refusedTokens += 1;
    return this.#refusedTokens > MOST_REFUSED_TOKENS;
  }

  /**
   * @param {string} reason
   * @param {number} nowMs
   * @param {{isShared?: boolean, retryAfterMs?: number}} cause
   * @returns {End | Retry}
   */
  #retry(reason, nowMs, cause) {
    this.#lostAtMs ??= nowMs;
    if (nowMs - this.#lostAtMs >= GIVE_UP_MS) return { end: 'unreachable' };
    if (this.#connectedAtMs !== null && nowMs - this.#connectedAtMs > STABLE_MS) this.#ladder.reset();
    this.#connectedAtMs = null;
    const { attempt, retryMs } = this.#ladder.next(cause);
    if (cause.retryAfterMs) this.#welcomeAtMs = nowMs + retryMs;
    return { attempt, retryMs: Math.max(retryMs, this.#welcomeAtMs - nowMs), reason };
  }
}
