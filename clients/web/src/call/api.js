// SPDX-License-Identifier: Apache-2.0
// Requests to the HTTP API: a credential goes in, an answer or a Problem comes out.

import { Problem } from '../protocol/voice_error.js';

/** The server answers an offer, or says why not, within 10 s. */
const REQUEST_MS = 15000;

/** @typedef {{url: string, headers: Headers, body: string}} Answer */
/** @typedef {Omit<RequestInit, 'headers' | 'signal'> & {headers?: Record<string, string>, signal?: AbortSignal, timeoutMs?: number}} RequestOptions */
/** @typedef {(url: string | URL, options?: RequestOptions, credential?: string) => Promise<Answer>} Request */

/**
 * What `promise` gives, or a Problem: after `timeMs`, or when `signal` says so.
 * @template Value
 * @param {number} timeMs
 * @param {Promise<Value>} promise
 * @param {string} title of the Problem
 * @param {AbortSignal} [signal]
 * @returns {Promise<Value>}
 */
export function within(timeMs, promise, title, signal) {
  /** @type {() => void} */
  let stop = () => {};
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    const fail = () => reject(new Problem({ title }));
    const timer = setTimeout(fail, timeMs);
    signal?.addEventListener('abort', fail);
    if (signal?.aborted) fail();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', fail);
    };
  });
  return Promise.race([promise, late]).finally(() => stop());
}

/**
 * `fetch` with a time limit, body included, that throws a Problem for any status but success. Without a credential the origin's own cookies have to do.
 * @type {Request}
 */
export async function request(url, { headers, timeoutMs = REQUEST_MS, signal, ...options } = {}, credential) {
  const abort = new AbortController();
  const fetched = async () => {
    /** @type {Record<string, string>} */
    const authorization = credential ? { Authorization: `Bearer ${credential}` } : {};
    const response = await fetch(url, { ...options, signal: abort.signal, headers: { ...headers, ...authorization } });
    return { response, body: await response.text() };
  };
  let answer;
  try {
    answer = await within(timeoutMs, fetched(), 'The server does not answer', signal);
  } catch (error) {
    abort.abort();
    throw error instanceof Problem ? error : new Problem({ title: 'The server cannot be reached', cause: error });
  }
  const { response, body } = answer;
  if (response.ok) return { url: response.url, headers: response.headers, body };
  const { title, detail, type } = parsed(body);
  throw new Problem({
    title: title ?? `The server answered ${response.status}`,
    detail,
    type,
    status: response.status,
    retryAfterMs: 1000 * (Number(response.headers.get('Retry-After')) || 0),
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
