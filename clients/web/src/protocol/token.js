// SPDX-License-Identifier: Apache-2.0
// What a client reads in its join token: how long it lives.

const RENEW_AT = 0.8; // Of the life of a token.

/**
 * How long after `wallMs` (since 1970) to replace a join token, so that it is still good when the participant leaves; null: it does not say. The client's
 * clock may be wrong, so the token's own life is what counts where the two contradict each other.
 * @param {string} token
 * @param {number} wallMs
 * @returns {number | null}
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
