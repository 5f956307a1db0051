// SPDX-License-Identifier: Apache-2.0
// Where a client's credentials come from: the function that gets tokens, and the ICE servers, for each attempt anew.

import { renewalMs } from '../protocol/token.js';
import { Problem } from '../protocol/voice_error.js';
import { within } from './api.js';

const TOKEN_MS = 15000; // For the function that gets tokens.
const RENEWAL_MS = { shortest: 10000, longest: 24 * 3600 * 1000 };

/** @typedef {{token: string, ice_servers?: RTCIceServer[]}} Invitation */
/** @typedef {string | (() => Promise<string | Invitation> | string | Invitation)} TokenSource */
/** @typedef {RTCIceServer[] | (() => Promise<RTCIceServer[]> | RTCIceServer[])} IceServerSource */

export class Invitations {
  #url;
  #token;
  #iceServers;
  #request;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{url: string, token: TokenSource, iceServers?: IceServerSource, request: import('./api.js').Request}} options `url` of the participant */
  constructor({ url, token, iceServers, request }) {
    this.#url = url;
    this.#token = token;
    this.#iceServers = iceServers;
    this.#request = request;
  }

  /** Whether each attempt gets a token of its own. */
  get renews() {
    return typeof this.#token === 'function';
  }

  /**
   * Rejects with a Problem; with `ofToken` it is the function that failed.
   * @param {AbortSignal} [signal]
   * @returns {Promise<Invitation>}
   */
  async next(signal) {
    const source = this.#token;
    if (typeof source !== 'function') return { token: source };
    let given;
    try {
      given = await within(TOKEN_MS, Promise.resolve(source()), 'The token does not come', signal);
    } catch (error) {
      throw Object.assign(problemOf(error), { ofToken: true });
    }
    const invitation = typeof given === 'string' ? { token: given } : given;
    if (typeof invitation?.token === 'string' && invitation.token) return invitation;
    throw new Problem({ title: 'The function that gets tokens returned none', final: true });
  }

  /**
   * For one attempt: credentials of TURN servers expire too.
   * @param {AbortSignal} [signal]
   * @param {number} [timeoutMs] for the server's answer
   * @returns {Promise<import('./session.js').Credentials>}
   */
  async credentials(signal, timeoutMs) {
    const { token, ice_servers: invited } = await this.next(signal);
    const own = this.#iceServers;
    if (typeof own === 'function') return { token, iceServers: await within(TOKEN_MS, Promise.resolve(own()), 'The ICE servers do not come', signal) };
    const named = own ?? invited;
    if (named) return { token, iceServers: named };
    try {
      const { body } = await this.#request(`${this.#url}/ice-servers`, { signal, timeoutMs }, token);
      return { token, iceServers: JSON.parse(body).ice_servers };
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      return { token, iceServers: [] }; // A server older than this route.
    }
  }

  /**
   * Gives the session another token each time before its present one expires, until `stop`.
   * @param {import('./session.js').Session} session
   */
  keep(session) {
    this.stop();
    const ms = this.renews ? renewalMs(session.token, Date.now()) : null;
    if (ms === null) return;
    const timer = setTimeout(async () => {
      const invitation = await this.next().catch(() => null); // Then the server refuses the next attempt, which decides.
      if (this.#timer !== timer || !invitation || invitation.token === session.token) return;
      session.renew(invitation.token);
      this.keep(session);
    }, Math.min(RENEWAL_MS.longest, Math.max(RENEWAL_MS.shortest, ms)));
    this.#timer = timer;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** What the page's function has thrown, with the members that a page may have given it. @param {any} error */
function problemOf(error) {
  if (error instanceof Problem) return error;
  const { message, title = message, status, type, retryAfterMs, final } = error ?? {};
  return new Problem({ title: title || undefined, status, type, retryAfterMs, final, cause: error });
}
