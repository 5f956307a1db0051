// SPDX-License-Identifier: Apache-2.0
// An EventTarget whose events have known details, for TypeScript and for checkJs; it is the browser's own at run time.

/**
 * @template Details {[name of the event]: its detail}
 * @typedef {Omit<EventTarget, 'addEventListener' | 'removeEventListener'> & {
 *   addEventListener<Name extends keyof Details>(
 *     type: Name, listener: ((event: CustomEvent<Details[Name]>) => void) | null, options?: boolean | AddEventListenerOptions): void;
 *   removeEventListener<Name extends keyof Details>(
 *     type: Name, listener: ((event: CustomEvent<Details[Name]>) => void) | null, options?: boolean | EventListenerOptions): void;
 * }} DetailedEventTarget
 */

/** @type {new <Details>() => DetailedEventTarget<Details>} */
export const TypedEvents = /** @type {any} */ (EventTarget);
