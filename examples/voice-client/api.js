// SPDX-License-Identifier: Apache-2.0
// Requests to the HTTP API: a credential goes in, an answer or a Problem comes out.

/** The server answers an offer, or says why not, within 10 s. */
const REQUEST_MS = 15000;

/** A refusal by the server, in words for people (RFC 9457), or a failure on the way to it (`status` 0). `final`: another attempt would fail too. */
export class Problem extends Error {
  constructor({ title = 'Something went wrong', detail = '', status = 0, type = '', retryAfterMs = 0, final = false }) {
    super(detail ? `${title}: ${detail}` : title);
    Object.assign(this, { title, detail, status, type, retryAfterMs, final });
  }
}

/** What `promise` gives, or after `timeMs` a Problem. */
export function within(timeMs, promise, title) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Problem({ title })), timeMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * `fetch` with a time limit, body included, that throws a Problem for any status but success. Returns `{url, headers, body}`; `body` is text. Without a
 * credential the origin's own cookies have to do.
 */
export async function request(url, { headers, timeoutMs = REQUEST_MS, ...options }, credential) {
  const abort = new AbortController();
  const fetched = async () => {
    const signal = abort.signal;
    const authorization = credential ? { Authorization: `Bearer ${credential}` } : {};
    const response = await fetch(url, { ...options, signal, headers: { ...headers, ...authorization } });
    return { response, body: await response.text() };
  };
  let answer;
  try {
    answer = await within(timeoutMs, fetched(), 'The server does not answer');
  } catch (error) {
    abort.abort();
    throw error instanceof Problem ? error : new Problem({ title: 'The server cannot be reached' });
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

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
