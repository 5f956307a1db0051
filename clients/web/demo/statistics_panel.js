// SPDX-License-Identifier: Apache-2.0
// StatisticsPanel, the figures of the connection, each second while it is open, and failures on demand.

import { Panel } from './dialogs.js';
import { $ } from './dom.js';

const REFRESH_MS = 1000;
const LOSS_MS = 5000;
const kilobits = (bps) => `${(bps / 1000).toFixed(0)} kbit/s`;

export class StatisticsPanel {
  #call = null;
  #panel = new Panel({ button: $('show-statistics'), panel: $('statistics'), onOpen: () => this.#show() });

  constructor() {
    $('rehearse').addEventListener('click', () => this.#call.client.simulate($('failure').value, { ms: LOSS_MS }));
  }

  begin(call, signal) {
    this.#call = call;
    $('rehearsal').hidden = !call.moderation; // It is for those who try things out.
    const timer = setInterval(() => this.#show(), REFRESH_MS);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      this.#panel.show(false);
      this.#call = null;
    });
  }

  async #show() {
    if (!this.#call || !this.#panel.isOpen) return;
    const stats = await this.#call.client.stats();
    const rows = {
      'Round trip': stats.roundTripMs === null ? '–' : `${stats.roundTripMs.toFixed(0)} ms`,
      'Packets lost': `${stats.lossPercent.toFixed(1)} %`,
      Jitter: `${stats.jitterMs.toFixed(0)} ms`,
      'Speech concealed': `${stats.concealedPercent.toFixed(1)} %`,
      Sending: kilobits(stats.upBps),
      Receiving: kilobits(stats.downBps),
      'Active slots': stats.activeSlots,
      Negotiations: stats.negotiations,
      Sessions: stats.sessions,
    };
    $('statistics-list').replaceChildren(...Object.entries(rows).flatMap(([label, value]) => [
      Object.assign(document.createElement('dt'), { textContent: label }),
      Object.assign(document.createElement('dd'), { textContent: value }),
    ]));
  }
}
