// SPDX-License-Identifier: Apache-2.0
// Those in a large room whom the roster does not show: how many they are, and a search among all.

const TYPING_MS = 300;
const $ = (id) => document.getElementById(id);

export class MorePeople {
  #options;
  #found = []; // [entry, tile]
  #next = null; // The cursor of the next page.
  #asked = 0;
  #typing;

  /** `search` gives a page, `make` a tile, which `fill` fills, `report` shows a problem. */
  constructor({ search, make, fill, report }) {
    this.#options = { search, make, fill, report };
    $('show-more').addEventListener('click', () => this.#open($('others').hidden));
    $('search').addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#find(), TYPING_MS);
    });
    $('next-found').addEventListener('click', () => this.#find(this.#next));
  }

  /** `count` people are in the room beyond those of the roster. */
  show(count) {
    $('more').hidden = count <= 0;
    $('show-more').textContent = `and ${count} more`;
    if (count <= 0) this.#open(false);
    for (const [entry, tile] of this.#found) this.#options.fill(tile, entry);
  }

  #open(isOpen) {
    if (isOpen === !$('others').hidden) return;
    $('others').hidden = !isOpen;
    $('show-more').setAttribute('aria-expanded', isOpen);
    $('search').value = '';
    if (isOpen) this.#find();
    else this.#put([], null);
  }

  async #find(cursor = '') {
    if ($('others').hidden) return;
    this.#asked += 1;
    const asked = this.#asked;
    const { search, report } = this.#options;
    try {
      const { people, next } = await search($('search').value.trim(), cursor);
      if (asked === this.#asked && !$('others').hidden) this.#put(people, next, { after: cursor ? this.#found : [] });
    } catch (problem) {
      if (asked === this.#asked) report(problem);
    }
  }

  #put(people, next, { after = [] } = {}) {
    const added = people.map((entry) => [entry, this.#options.make(entry.participant)]);
    for (const [entry, tile] of added) this.#options.fill(tile, entry);
    this.#found = [...after, ...added];
    this.#next = next;
    $('found').replaceChildren(...this.#found.map(([, tile]) => tile));
    $('next-found').hidden = !next;
  }
}
