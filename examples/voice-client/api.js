// SPDX-License-Identifier: Apache-2.0
// Requests to the HTTP API: a credential goes in, a response or a Problem comes out.

/** A refusal by the server, in words for people (RFC 9457), or a failure on the way to it. */
export class Problem extends Error {
  constructor({ title = 'Something went wrong', detail = '', status = 0, retryAfterMs = 0 }) {
    super(detail ? `${title}: ${detail}` : title);
    Object.assign(this, { title, detail, status, retryAfterMs });
  }

  /** Whether the same request may succeed later. */
  get temporary() {
    return this.status === 0 || this.status === 409 || this.status === 429 || this.status >= 500;
  }
}

/** `fetch` that throws a Problem for any status but success. */
export async function request(url, { headers, ...options }, credential) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { ...headers, Authorization: `Bearer ${credential}` } });
  } catch {
    throw new Problem({ title: 'The server cannot be reached' });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Problem({
    title: body.title ?? `The server answered ${response.status}`,
    detail: body.detail,
    status: response.status,
    retryAfterMs: 1000 * (Number(response.headers.get('Retry-After')) || 0),
  });
}
