// SPDX-License-Identifier: Apache-2.0
// Moderator, the panel for the whole room. It is there if the page has a credential for it; the card of each person has the rest.

import { Panel } from './dialogs.js';
import { $, setText } from './dom.js';

export class Moderator {
  #call = null;
  #panel = new Panel({ button: $('show-moderation'), panel: $('moderation'), onOpen: () => this.#look() });

  constructor({ roster }) {
    const muteAll = (muted) => this.#do(async ({ moderation, client }) => {
      await moderation.muteAll(muted, muted ? [client.self.participant] : []);
      await roster.refresh();
    });
    $('mute-all').addEventListener('click', () => muteAll(true));
    $('unmute-all').addEventListener('click', () => muteAll(false));
    $('lock').addEventListener('click', () => this.#do(async ({ moderation }) => {
      await moderation.lock($('locked').hidden);
      await this.#look();
    }));
  }

  begin(call, signal) {
    this.#call = call;
    $('show-moderation').hidden = !call.moderation;
    call.client.addEventListener('state', ({ detail }) => detail.state === 'connected' && this.#look(), { signal });
    signal.addEventListener('abort', () => {
      this.#panel.show(false);
      this.#call = null;
      this.#showLocked(false);
    });
  }

  /** Another moderator may have locked the room. */
  #look() {
    return this.#do(async ({ moderation }) => moderation && this.#showLocked(await moderation.isLocked()));
  }

  #showLocked(isLocked) {
    $('locked').hidden = !isLocked;
    setText($('lock').lastChild, isLocked ? 'Unlock the room' : 'Lock the room');
  }

  async #do(action) {
    const call = this.#call;
    try {
      await action(call);
    } catch (problem) {
      if (call === this.#call) call.notices.problem(problem);
    }
  }
}
