// SPDX-License-Identifier: Apache-2.0
// What happens to the page of a call, and to its network: closed, put aside, frozen, shown again.

/**
 * `onClose`: the page goes away. `onAside`: it may come back, as it is now (the back/forward cache). `onShown`: it has come back from there.
 * `onReturn`: the network or the page has come back, so what was true of the connection before says nothing. `onSeen`: a person looks at it again.
 * @param {{onClose: () => void, onAside: () => void, onShown: () => void, onReturn: (reason: string) => void, onSeen: () => void}} handlers
 * @returns {() => void} Stops that.
 */
export function watchPage({ onClose, onAside, onShown, onReturn, onSeen }) {
  const end = new AbortController();
  /** @param {EventTarget | undefined} target @param {string} type @param {(event: any) => void} handler */
  const on = (target, type, handler) => target?.addEventListener(type, handler, { signal: end.signal });
  const page = globalThis.document;
  on(globalThis, 'pagehide', ({ persisted }) => (persisted ? onAside() : onClose()));
  on(globalThis, 'pageshow', ({ persisted }) => persisted && onShown());
  on(globalThis, 'online', () => onReturn('network changed'));
  on(page, 'resume', () => onReturn('page resumed'));
  on(page, 'visibilitychange', () => page.visibilityState === 'visible' && onSeen());
  return () => end.abort();
}
