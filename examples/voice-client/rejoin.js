// SPDX-License-Identifier: Apache-2.0
// Decides whether and when a client joins again. Takes events and the time, and returns decisions: it reads no clock, and starts no timer.

const STABLE_MS = 10000; // A connection that lasted this long resets the back-off.
const BACKOFF_MS = { first: 500, longest: 10000 };
const LONGEST_WAIT_MS = 300000; // Whatever a Retry-After says.
/** A server that restarted has no rooms, unless it makes them for each join: the backend notices, and makes them again. */
const ABSENT_MS = 120000;
/** In a row: a token may expire on its way, and so may the next one of a cache. */
const MOST_REFUSED_TOKENS = 2;
const RENEW_AT = 0.8; // Of the life of a token.
/** Reasons of a `closing` message after which a rejoin would be wrong or useless. */
const FINAL_REASONS = new Set(['left', 'removed', 'replaced', 'room_closed', 'bad_fingerprint', 'policy_violation']);
/** Refusals of a token that say what became of the participant or the room meanwhile: another token would only begin again what was ended. */
const ENDED = new Map([['/problems/participant-removed', 'removed'], ['/problems/room-deleted', 'room_closed']]);
/** Refusals of a token that a fresh one may not meet. */
const OUTDATED = new Set(['/problems/unauthenticated', '/problems/token-outdated']);
/** Statuses of the 4xx that say nothing against another attempt: timeout, conflict, too early, too many requests. */
const TEMPORARY = new Set([408, 409, 425, 429]);

/** One call, from `join` to its end. A decision is `{end: reason}`, or `{retryMs, reason}`. */
export class Rejoin {
  #renewsToken;
  #random;
  #attempt = 0;
  #isIn = false; // The server has answered an offer of this call.
  #connectedAtMs = null;
  #absentSinceMs = null;
  #refusedTokens = 0;

  /** `renewsToken`: each attempt gets a token of its own. */
  constructor({ renewsToken = false, random = Math.random } = {}) {
    this.#renewsToken = renewsToken;
    this.#random = random;
  }

  /** The server has answered an offer. */
  answered() {
    this.#isIn = true;
    this.#absentSinceMs = null;
    this.#refusedTokens = 0;
  }

  connected(nowMs) {
    this.#connectedAtMs = nowMs;
  }

  /** A session has ended after its answer: what the server said, or how the connection failed. */
  ended(reason, nowMs) {
    return FINAL_REASONS.has(reason) ? { end: reason } : this.#retry(reason, 0, nowMs);
  }

  /**
   * An attempt has failed. `error` may come from the server (a Problem), from the function that gets tokens (`ofToken`; whatever it throws), or from the
   * browser. Those without a `status` are temporary unless they say `final`.
   */
  failed(error, nowMs, { ofToken = false } = {}) {
    if (!this.#isIn) return { end: 'refused' }; // The caller of `join` sees why, and may try again.
    if (this.#isFinal(error, nowMs, ofToken)) return { end: ENDED.get(error.type) ?? 'refused' };
    return this.#retry(error?.message ?? String(error), error?.retryAfterMs ?? 0, nowMs);
  }

  #isFinal(error, nowMs, ofToken) {
    const status = error?.status;
    if (error?.final) return true;
    if (typeof status !== 'number' || status < 400 || status >= 500 || TEMPORARY.has(status)) return false;
    if (status === 404) {
      this.#absentSinceMs ??= nowMs;
      return nowMs - this.#absentSinceMs >= ABSENT_MS;
    }
    // Any other refusal, and any by the backend, holds for the next attempt too.
    const isOutdated = OUTDATED.has(error.type) || (status === 401 && !error.type);
    if (!isOutdated || ofToken || !this.#renewsToken) return true;
    this.#refusedTokens += 1;
    return this.#refusedTokens > MOST_REFUSED_TOKENS;
  }

  #retry(reason, atLeastMs, nowMs) {
    if (this.#connectedAtMs !== null && nowMs - this.#connectedAtMs > STABLE_MS) this.#attempt = 0;
    this.#connectedAtMs = null;
    // With jitter, so that the clients of a server that restarts do not come back in step.
    const backoffMs = Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** this.#attempt) * (0.75 + this.#random() / 2);
    this.#attempt += 1;
    return { retryMs: Math.min(LONGEST_WAIT_MS, Math.max(atLeastMs, backoffMs)), reason };
  }
}

/**
 * How long after `wallMs` (since 1970) to replace a join token, so that it is still good when the participant leaves; null: it does not say. The client's
 * clock may be wrong, so the token's own life is what counts where the two contradict each other.
 */
export function renewalMs(token, wallMs) {
  let claims;
  try {
    claims = JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
  } catch {
    return null; // Not a JWT.
  }
  if (claims === null || typeof claims !== 'object') return null;
  const leftS = claims.exp - wallMs / 1000;
  const lifetimeS = claims.exp - (claims.iat ?? wallMs / 1000);
  const usableS = leftS > 0 && leftS <= lifetimeS ? leftS : lifetimeS;
  return usableS > 0 ? 1000 * RENEW_AT * usableS : null;
}
