// SPDX-License-Identifier: Apache-2.0
// What all dialogs and panels of the page have in common: how they open and close.

import { $ } from './dom.js';

/** Dialogs close by their button, by Escape, and by a press beside them. */
export function prepareDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.querySelector('[data-closes]').addEventListener('click', () => dialog.close());
    dialog.addEventListener('pointerdown', (event) => event.target === dialog && isBeside(dialog, event) && dialog.close());
  }
}

function isBeside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** A panel beside the call, which its button opens and closes. Opening one closes the others. */
export class Panel {
  static #all = [];
  #button;
  #panel;
  #onOpen;

  constructor({ button, panel, onOpen = () => {} }) {
    [this.#button, this.#panel, this.#onOpen] = [button, panel, onOpen];
    Panel.#all.push(this);
    button.addEventListener('click', () => this.show(panel.hidden));
    panel.addEventListener('keydown', ({ key }) => key === 'Escape' && this.show(false));
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  show(isOpen) {
    if (isOpen) for (const other of Panel.#all) if (other !== this) other.show(false);
    if (!isOpen && this.#panel.contains(document.activeElement)) this.#button.focus();
    this.#panel.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', isOpen);
    if (!isOpen) return;
    this.#panel.focus(); // It comes before its button.
    this.#onOpen();
  }
}

/** `[data-opens]` buttons open the dialog of that name. */
export function openedBy(name, open) {
  for (const button of document.querySelectorAll(`[data-opens="${name}"]`)) button.addEventListener('click', () => open());
  return $(name);
}
