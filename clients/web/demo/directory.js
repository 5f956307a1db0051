// SPDX-License-Identifier: Apache-2.0
// Directory, the people of a room as one list: those that the client sees at once, then those that pages of the server's roster brought. Pure.

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export const nameOf = ({ name, participant }) => name || participant;

/** `now` in the order of `former`, whatever is new at the end: nothing moves under a pointer. */
export function keepOrder(former, now) {
  const [before, after] = [new Set(former), new Set(now)];
  return [...former.filter((key) => after.has(key)), ...now.filter((key) => !before.has(key))];
}

export class Directory {
  #self = '';
  #participants = 0;
  #roster = new Map(); // participant -> its entry, of those that the client sees.
  #pages = new Map(); // The same, of the pages.
  #listedByPages = new Set(); // They keep their place also when the client begins to see them.
  #text = '';
  #next = ''; // The cursor of the next page; null: there is none.

  get text() {
    return this.#text;
  }

  /** Another text begins another list. */
  set text(text) {
    this.#text = text;
    this.#pages.clear();
    this.#listedByPages.clear();
    this.#next = '';
  }

  /** The cursor for the next page; null if the list has everybody that it can have. */
  get next() {
    return this.#isWhole ? null : this.#next;
  }

  get #isWhole() {
    return this.#roster.size >= this.#participants;
  }

  /** What the client sees now, and how many are in the room. True if pages may be out of date. */
  takeRoster({ roster, self, participants }) {
    const fewer = participants < this.#participants;
    for (const participant of this.#roster.keys()) {
      if (fewer && !roster.has(participant)) this.#pages.delete(participant); // It left; otherwise the client only stopped seeing it.
    }
    const isOutdated = participants !== this.#participants && this.#pages.size > 0;
    this.#self = self;
    this.#participants = participants;
    this.#roster = new Map(roster);
    this.#keepPlaces();
    return isOutdated;
  }

  /** Pages of those that match the text, further ones or, with `anew`, all of them after a change of the room. */
  takePages(pages, { anew = false } = {}) {
    if (anew) this.#pages.clear();
    for (const entry of pages.flatMap(({ people }) => people)) this.#pages.set(entry.participant, entry);
    this.#next = pages.at(-1)?.next ?? (pages.length > 0 ? null : '');
    this.#keepPlaces();
  }

  /** The entry of a participant; undefined if the list has none. */
  get(participant) {
    return this.#roster.get(participant) ?? this.#pages.get(participant);
  }

  /** The entries in order: this participant, those that the client sees by name, the others as pages brought them. */
  list() {
    const seen = [...this.#roster.values()].filter((entry) => !this.#listedByPages.has(entry.participant) && this.#matches(entry));
    const selfFirst = (entry) => (entry.participant === this.#self ? 0 : 1);
    seen.sort((a, b) => selfFirst(a) - selfFirst(b) || COLLATOR.compare(nameOf(a), nameOf(b)));
    const others = [...this.#pages.values()].filter((entry) => this.#listedByPages.has(entry.participant));
    return [...seen, ...others.map((entry) => this.#roster.get(entry.participant) ?? entry)];
  }

  #matches({ name, participant }) {
    const text = this.#text.toLowerCase();
    return `${name}\n${participant}`.toLowerCase().includes(text);
  }

  #keepPlaces() {
    for (const participant of this.#pages.keys()) if (!this.#roster.has(participant)) this.#listedByPages.add(participant);
    for (const participant of this.#listedByPages) if (!this.#pages.has(participant)) this.#listedByPages.delete(participant);
  }
}
