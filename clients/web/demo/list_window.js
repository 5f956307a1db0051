// SPDX-License-Identifier: Apache-2.0
// ListWindow: a long list of which the page has only the rows in view. One stop of the Tab key; arrows move within it.

const OVERSCAN = 6;
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** The rows that a list needs: from `first` up to, but without, `end`. */
export function visibleRows({ scrollTop, height, rowHeight, count, overscan = OVERSCAN }) {
  const first = Math.min(count, Math.max(0, Math.floor(scrollTop / rowHeight) - overscan));
  return { first, end: Math.min(count, Math.max(first, Math.ceil((scrollTop + height) / rowHeight) + overscan)) };
}

/** Brings `row` behind `before`. A row that has the focus would lose it if it moved, so the others move. */
function place(list, row, before) {
  const next = () => (before ? before.nextElementSibling : list.firstElementChild);
  while (row.contains(document.activeElement) && next() !== row) list.append(next());
  if (next() !== row) list.insertBefore(row, next());
}

export class ListWindow {
  #options;
  #keys = []; // Of all rows, in order.
  #rows = new Map(); // key -> the row in the page
  #active = null; // The key of the row that takes the focus.
  #rowHeight = 56;

  /**
   * `scroller` scrolls `list`. `make(key)` gives a row with one button, `fill(row, key)` brings it up to date, `onEnd` is called when the last row
   * comes near. Rows have one height, which the style sheet decides.
   */
  constructor({ scroller, list, make, fill, onEnd = () => {} }) {
    this.#options = { scroller, list, make, fill, onEnd };
    scroller.addEventListener('scroll', () => this.#render(), { passive: true });
    list.addEventListener('keydown', (event) => this.#move(event));
    list.addEventListener('focusin', ({ target }) => this.#activate(target.closest('li')?.dataset.participant));
    new ResizeObserver(() => this.#render()).observe(scroller);
  }

  /** The rows that the page has: key -> row. */
  get rows() {
    return this.#rows;
  }

  show(keys) {
    const focused = this.#options.list.contains(document.activeElement);
    const index = this.#keys.indexOf(this.#active);
    this.#keepInView(keys);
    this.#keys = keys;
    const isGone = !keys.includes(this.#active);
    if (isGone) this.#active = keys[Math.min(Math.max(0, index), keys.length - 1)] ?? null;
    this.#render();
    for (const [key, row] of this.#rows) this.#options.fill(row, key);
    if (isGone && focused) this.#focus(this.#active);
  }

  /** What comes and goes above the rows in view does not move them. */
  #keepInView(keys) {
    const { scroller, list } = this.#options;
    const top = Math.floor(scroller.scrollTop / this.#rowHeight);
    const moved = keys.indexOf(this.#keys[top]) - top;
    if (top === 0 || moved === 0 || !keys.includes(this.#keys[top])) return;
    list.style.setProperty('--rows', Math.max(keys.length, this.#keys.length)); // Else it could not scroll as far.
    scroller.scrollTop += moved * this.#rowHeight;
  }

  #render() {
    const { scroller, list, onEnd } = this.#options;
    this.#rowHeight = list.firstElementChild?.offsetHeight || this.#rowHeight;
    const count = this.#keys.length;
    const { first, end } = visibleRows({ scrollTop: scroller.scrollTop, height: scroller.clientHeight, rowHeight: this.#rowHeight, count });
    const wanted = new Map(this.#keys.slice(first, end).map((key, i) => [key, first + i]));
    if (this.#active !== null) wanted.set(this.#active, this.#keys.indexOf(this.#active)); // Else the Tab key would not reach the list.
    for (const [key, row] of this.#rows) if (!wanted.has(key)) this.#remove(key, row);
    let before = null;
    for (const [key, index] of [...wanted].sort(([, a], [, b]) => a - b)) before = this.#put(key, index, count, before);
    list.style.setProperty('--rows', count);
    if (end >= count - OVERSCAN) onEnd();
  }

  #remove(key, row) {
    this.#rows.delete(key);
    row.remove();
  }

  #put(key, index, count, before) {
    const { list, make, fill } = this.#options;
    const isNew = !this.#rows.has(key);
    const row = this.#rows.get(key) ?? make(key);
    this.#rows.set(key, row);
    place(list, row, before);
    if (isNew) fill(row, key);
    row.style.setProperty('--row', index);
    row.setAttribute('aria-setsize', count);
    row.setAttribute('aria-posinset', index + 1);
    row.querySelector('button').tabIndex = key === this.#active ? 0 : -1;
    return row;
  }

  #activate(key) {
    if (!key || key === this.#active) return;
    const former = this.#rows.get(this.#active);
    if (former) former.querySelector('button').tabIndex = -1;
    this.#active = key;
    this.#rows.get(key).querySelector('button').tabIndex = 0;
  }

  #move(event) {
    const page = Math.max(1, Math.floor(this.#options.scroller.clientHeight / this.#rowHeight) - 1);
    const step = { ...STEPS, PageDown: page, PageUp: -page }[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const index = this.#keys.indexOf(this.#active) + step;
    this.#focus(this.#keys[Math.min(this.#keys.length - 1, Math.max(0, index))]);
  }

  #focus(key) {
    if (key === undefined || key === null) return;
    const { scroller } = this.#options;
    const top = this.#keys.indexOf(key) * this.#rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + this.#rowHeight > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + this.#rowHeight - scroller.clientHeight;
    this.#render();
    this.#rows.get(key)?.querySelector('button').focus({ preventScroll: true });
  }
}
