// SPDX-License-Identifier: Apache-2.0
// Levels, the rings around those who are heard: from the packets that play now, and from the server's selection.

import { speakingIn } from './person.js';

const REFRESH_MS = 100;
const AUDIBLE = 0.01;

export class Levels {
  #items; // Gives the maps from participant to the elements that have a ring.

  constructor({ items }) {
    this.#items = items;
  }

  begin(call, signal) {
    const timer = setInterval(() => !document.hidden && this.#show(call), REFRESH_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #show({ client, voice }) {
    const levels = client.levels();
    const speaking = speakingIn(client);
    if (voice.current && client.self && !client.silencedBy) levels.set(client.self.participant, voice.current.level());
    for (const items of this.#items()) {
      for (const [participant, item] of items) {
        const level = levels.get(participant) ?? 0;
        item.classList.toggle('speaking-now', level > AUDIBLE || speaking.has(participant));
        item.querySelector('.avatar').style.setProperty('--level', Math.min(1, Math.sqrt(level) * 1.6).toFixed(1));
      }
    }
  }
}
