// SPDX-License-Identifier: Apache-2.0
// What the page and its worker say to each other: a worker of the application may get other messages too.

/** Every message has this `type`. */
export const MESSAGE = 'veche-e2ee';

/** @typedef {import('./key_store.js').Owner} Owner */

/**
 * `suite` begins with no key, `end` forgets all. The worker answers each with `Done`.
 * @typedef {{suite: number}
 *   | {end: true}
 *   | {set: Owner, index: number, key: CryptoKey, sends: boolean}
 *   | {use: Owner, index: number}
 *   | {remove: Owner, index?: number}
 *   | {count: true}} Command
 */

/**
 * Frames since the worker began: `sealed` and `withheld` of this page (it had no key), of the others `opened`, `silenced` (no key, or a wrong one) and
 * `repeated` (a second time by somebody on the way).
 * @typedef {{sealed: number, withheld: number, opened: number, silenced: number, repeated: number}} Counts
 */

/** @typedef {{done: number, value?: unknown}} Done */

/**
 * Of `participant` if it is this page's own, else of a `sender` (the number in its KID; -1: none), and of a `source`, the server's number of it.
 * @typedef {{participant?: string, sender?: number, source?: number, state: import('./state_reports.js').State}} Report
 */
