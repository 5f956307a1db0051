// SPDX-License-Identifier: Apache-2.0
// The detail of the event `state`: whole, whatever is known of it.

/**
 * @param {import('../client_types.js').CallState} state @param {Partial<import('../client_types.js').StateDetail>} [more]
 * @returns {import('../client_types.js').StateDetail}
 */
export const stateDetail = (state, more) => ({ state, reason: '', detail: '', attempt: 0, retryMs: 0, error: null, ...more });
