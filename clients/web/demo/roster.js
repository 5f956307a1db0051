// SPDX-License-Identifier: Apache-2.0
// Roster, the list of everybody in the room, with a search. A large room's list grows by pages as one scrolls.

import { Directory, keepOrder } from './directory.js';
import { $, copyOf, setText } from './dom.js';
import { ListWindow } from './list_window.js';
import { fillPerson, personOf } from './person.js';

const TYPING_MS = 300;
/** After a change of the room the pages are asked for again, at most this often. */
const REFRESH_MS = 5000;
const MOST_REFRESHED = 10; // Pages.

/** The event `change` says that pages brought something. */
export class Roster extends EventTarget {
  #directory = new Directory();
  #call = null;
  #window;
  #shown = []; // The participants of the list, in order.
  #pages = 0;
  #asked = 0; // Counts the questions: only the newest answer counts.
  #isAsking = false;
  #pausedUntilMs = 0; // After a question that failed.
  #typing;
  #refreshing;

  /** `open(participant)` is called when a row is chosen. */
  constructor({ open }) {
    super();
    this.#window = new ListWindow({
      scroller: $('roster-scroller'), list: $('roster'), onEnd: () => this.#more(),
      make: (participant) => {
        const row = copyOf('person-row');
        row.dataset.participant = participant;
        row.querySelector('.cover').addEventListener('click', () => open(participant));
        return row;
      },
      fill: (row, participant) => fillPerson(row, personOf(this.#call, this.#directory.get(participant))),
    });
    $('roster-scroller').addEventListener('pointerleave', () => this.#call && this.#show());
    $('search').addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#find($('search').value.trim()), TYPING_MS);
    });
  }

  begin(call, signal) {
    this.#call = call;
    for (const type of ['roster', 'encryption']) call.client.addEventListener(type, () => this.#takeRoster(), { signal });
    signal.addEventListener('abort', () => {
      clearTimeout(this.#typing);
      clearTimeout(this.#refreshing);
      this.#refreshing = undefined;
      this.#asked += 1;
      this.#isAsking = false;
      this.#directory = new Directory();
      this.#pages = 0;
      $('search').value = '';
      this.#shown = [];
      this.#window.show([]);
      this.#call = null;
    });
  }

  /** participant -> row, of those in view */
  get rows() {
    return this.#window.rows;
  }

  /** What is known of a participant; undefined if it is not in the list. */
  entry(participant) {
    return this.#directory.get(participant);
  }

  #takeRoster() {
    const { roster, self, participants } = this.#call.client;
    const isOutdated = this.#directory.takeRoster({ roster, self: self?.participant, participants });
    if (isOutdated) this.#refreshing ??= setTimeout(() => this.refresh(), REFRESH_MS);
    setText($('people-count'), participants === 1 ? '1 person' : `${participants} people`);
    this.#show();
  }

  #find(text) {
    if (!this.#call || text === this.#directory.text) return;
    this.#directory.text = text;
    this.#pages = 0;
    this.#asked += 1;
    this.#isAsking = false;
    this.#shown = [];
    $('roster-scroller').scrollTop = 0;
    this.#show();
  }

  #show() {
    const list = this.#directory.list().map(({ participant }) => participant);
    this.#shown = $('roster-scroller').matches(':hover') ? keepOrder(this.#shown, list) : list;
    this.#window.show(this.#shown);
    const { text, next } = this.#directory;
    const words = { 0: next === null ? 'Nobody has this name' : 'Looking…', 1: '1 person found' };
    const { participants } = this.#call.client;
    $('listed').setAttribute('aria-live', text ? 'polite' : 'off');
    if (text) setText($('listed'), words[list.length] ?? `${list.length}${next === null ? '' : ' or more'} people found`);
    else setText($('listed'), list.length < participants ? `${list.length} of ${participants}` : '');
  }

  /** The next page, if there is one, and a search of one letter may bring all. */
  async #more() {
    const { next, text } = this.#directory;
    if (next === null || this.#isAsking || this.#call?.client.state !== 'connected' || performance.now() < this.#pausedUntilMs) return;
    await this.#ask(async ({ client }) => {
      const page = await client.search(text, next);
      return () => {
        this.#directory.takePages([page]);
        this.#pages += 1;
      };
    });
  }

  /** Asks again for the pages that there are: nobody tells of changes of those whom the client does not see. */
  async refresh() {
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
    if (this.#pages === 0) return;
    if (this.#isAsking) this.#refreshing = setTimeout(() => this.refresh(), REFRESH_MS);
    else await this.#ask(async ({ client }) => {
      const pages = [];
      for (let next = ''; next !== null && pages.length < Math.min(this.#pages, MOST_REFRESHED); next = pages.at(-1).next) {
        pages.push(await client.search(this.#directory.text, next));
      }
      return () => {
        this.#directory.takePages(pages, { anew: true });
        this.#pages = pages.length;
      };
    });
  }

  /** `question` resolves with what to do; that is done unless another question came meanwhile, or the call ended. */
  async #ask(question) {
    this.#asked += 1;
    this.#isAsking = true;
    const asked = this.#asked;
    const call = this.#call;
    let take = () => {};
    try {
      take = await question(call);
    } catch (problem) {
      this.#pausedUntilMs = performance.now() + REFRESH_MS;
      if (asked === this.#asked) call.notices.problem(problem);
    }
    if (asked !== this.#asked) return;
    this.#isAsking = false;
    take();
    this.#show();
    this.dispatchEvent(new Event('change'));
  }
}
