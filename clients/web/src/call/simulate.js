// SPDX-License-Identifier: Apache-2.0
// Failures on demand: what a page has to show can be seen without pulling a cable.

const LOSS_MS = 3000;

/** @typedef {'network-loss' | 'server-restart' | 'token-expired' | 'events-lost' | 'microphone-lost' | 'ice-failed'} Failure */

/**
 * @param {Failure} what
 * @param {{ms?: number}} options `ms`: how long the network is lost
 * @param {{connector: import('./connector.js').Connector, feed: import('./feed.js').Feed}} call
 */
export async function simulate(what, { ms = LOSS_MS }, { connector, feed }) {
  const { session } = connector;
  const { track } = feed;
  switch (what) {
    case 'network-loss':
      return loseNetwork(ms, connector);
    case 'server-restart':
      return session?.end('server_stopping');
    case 'token-expired':
      return connector.recover('token_expired');
    case 'events-lost':
      return session?.events?.cut();
    case 'ice-failed':
      return connector.recover('connection failed', { always: true });
    case 'microphone-lost':
      track?.stop();
      track?.dispatchEvent(new Event('ended'));
      return feed.take(); // Where such an event reaches no listener (Firefox), a microphone finds out here.
    default:
      throw new TypeError(`There is no failure of this name: ${what}`);
  }
}

/** Nothing arrives, nothing leaves, and no request gets through. @param {number} ms @param {import('./connector.js').Connector} connector */
async function loseNetwork(ms, connector) {
  const { session } = connector;
  const { sender, receivers = [] } = session?.peer ?? {};
  const sent = sender?.track ?? null;
  /** @param {boolean} isHeard */
  const hear = (isHeard) => receivers.forEach(({ track }) => (track.enabled = isHeard));
  connector.isCut = true;
  hear(false);
  sender?.replaceTrack(null);
  connector.recover('connection lost');
  session?.events?.lose();
  await new Promise((resolve) => setTimeout(resolve, ms));
  connector.isCut = false;
  hear(true);
  if (session === connector.session) sender?.replaceTrack(sent);
  connector.recover('network changed', { isReturn: true });
}
