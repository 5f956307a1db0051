// SPDX-License-Identifier: Apache-2.0
// By which of two transports each participant is heard while a page goes from one to the other: never by neither, never by both. Reads no clock.

/** @typedef {'sfu' | 'mesh'} Transport */

/** After everybody has switched, for those who say nothing just now. */
const LINGER_MS = 1000;
/** Those who are heard by the former transport alone: there may be more of them than the SFU has slots. */
const LONGEST_LINGER_MS = 4000;
/** Where nobody says that everybody has switched: the backend is away. */
const LONGEST_MS = 30000;

export class Handover {
  /** @type {Map<string, Transport>} */
  #heardBy = new Map();
  #begunMs;
  /** @type {number | null} */
  #settledMs = null;
  /** @type {number | null} */
  #lostMs; // When the former transport fell silent.

  /**
   * @param {Transport} to
   * @param {Iterable<string>} participants who are heard by the former transport
   * @param {number} nowMs
   * @param {number | null} [lostMs] since when that has not worked; null: it works
   */
  constructor(to, participants, nowMs, lostMs = null) {
    this.to = to;
    this.#begunMs = nowMs;
    this.#lostMs = lostMs;
    for (const participant of participants) this.#heardBy.set(participant, this.from);
  }

  get from() {
    return this.to === 'sfu' ? 'mesh' : 'sfu';
  }

  /**
   * Whether the participant is heard by that transport. One that nobody knew at the beginning is heard by whichever has it.
   * @param {string} participant
   * @param {Transport} transport
   */
  isHeard(participant, transport) {
    return (this.#heardBy.get(participant) ?? transport) === transport;
  }

  /** Back to where it came from, before it has ended. @param {number} nowMs */
  turn(nowMs) {
    this.to = this.from;
    this.#begunMs = nowMs;
    this.#settledMs = null;
    this.#lostMs = null;
  }

  /** The former transport does not work any more. @param {number} nowMs */
  lose(nowMs) {
    this.#lostMs ??= nowMs;
  }

  /** Everybody has switched. @param {number} nowMs */
  settle(nowMs) {
    this.#settledMs ??= nowMs;
  }

  /**
   * Those who are heard by the new transport from now on, because its sound of them is there.
   * @param {Iterable<string>} audible by the new transport
   * @returns {string[]}
   */
  cross(audible) {
    const crossing = [...audible].filter((participant) => this.#heardBy.get(participant) === this.from);
    for (const participant of crossing) this.#heardBy.set(participant, this.to);
    return crossing;
  }

  /**
   * Whether the former transport can be closed.
   * @param {Iterable<string>} audible by the former transport
   * @param {number} nowMs
   */
  isOver(audible, nowMs) {
    if (this.#settledMs === null) return nowMs - this.#begunMs >= LONGEST_MS;
    const isNeeded = [...audible].some((participant) => this.#heardBy.get(participant) === this.from);
    return nowMs - this.#settledMs >= (isNeeded ? LONGEST_LINGER_MS : LINGER_MS);
  }

  /** How long nobody was heard; 0: the former transport has worked all the time. @param {number} nowMs when the new one begins to be heard */
  gapMs(nowMs) {
    return this.#lostMs === null ? 0 : Math.round(nowMs - this.#lostMs);
  }
}
