// SPDX-License-Identifier: Apache-2.0
// SpeakerOrder: which people are on the stage, and at which place. Pure. A person keeps the place until somebody else needs it.

/** A person that has been silent for this long gives way to one that speaks. */
const KEEP_MS = 3000;

export class SpeakerOrder {
  #places = []; // participant, or null
  #spokeMs = new Map(); // participant -> when it was last heard

  /**
   * `people`: those in the room that the client sees, in a stable order; `speaking`: a Set of those that are heard. While it is `held`, because a
   * pointer or the focus is there, nobody moves or gives way: others only come into empty places. Gives the participants by place; null: an empty one.
   */
  update({ people, speaking, size, isHeld = false, nowMs }) {
    const present = new Set(people);
    for (const participant of speaking) this.#spokeMs.set(participant, nowMs);
    for (const participant of this.#spokeMs.keys()) if (!present.has(participant)) this.#spokeMs.delete(participant);
    this.#places = this.#places.map((participant) => (present.has(participant) ? participant : null));
    if (!isHeld) this.#shrink(size);
    for (const participant of speaking) if (present.has(participant)) this.#admit(participant, { size, isHeld, nowMs });
    if (people.length <= size) for (const participant of people) this.#admit(participant, { size, isHeld: true, nowMs });
    return [...this.#places];
  }

  clear() {
    this.#places = [];
    this.#spokeMs.clear();
  }

  /** Closes gaps, and if there are fewer places than people, those heard last stay. */
  #shrink(size) {
    const placed = this.#places.filter((participant) => participant !== null);
    const newestFirst = [...placed].sort((a, b) => this.#lastMs(b) - this.#lastMs(a));
    const staying = new Set(newestFirst.slice(0, size));
    this.#places = placed.filter((participant) => staying.has(participant));
  }

  #admit(participant, { size, isHeld, nowMs }) {
    if (this.#places.includes(participant)) return;
    const empty = this.#places.indexOf(null);
    if (empty >= 0) this.#places[empty] = participant;
    else if (this.#places.length < size) this.#places.push(participant);
    else if (!isHeld) this.#replaceOldest(participant, nowMs);
  }

  #replaceOldest(participant, nowMs) {
    const [oldest] = [...this.#places].sort((a, b) => this.#lastMs(a) - this.#lastMs(b));
    if (oldest === undefined || nowMs - this.#lastMs(oldest) < KEEP_MS) return;
    this.#places[this.#places.indexOf(oldest)] = participant;
  }

  #lastMs(participant) {
    return this.#spokeMs.get(participant) ?? -Infinity;
  }
}
