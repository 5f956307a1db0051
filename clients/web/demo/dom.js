// SPDX-License-Identifier: Apache-2.0
// What every part of the page uses to reach the document.

export const $ = (id) => document.getElementById(id);

/** A copy of the one element in the template `id`. */
export const copyOf = (id) => $(id).content.firstElementChild.cloneNode(true);

/** Sets a text, and touches the page only if that changes it: a live region would repeat itself. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
