// SPDX-License-Identifier: Apache-2.0
// A voice client in virtual time, with a fake browser and a fake server: what tests of a call begin with.

import { SFUVoiceClient } from '../../../clients/web/src/index.js';
import { fakeBrowser } from './fake_browser.mjs';
import { VirtualTime } from './virtual_time.mjs';

export const NOT_FOUND = { status: 404, body: '{"type":"/problems/not-found","title":"Not found"}' };
export const EXPIRED = { status: 401, body: '{"type":"/problems/unauthenticated","title":"Who is it?"}' };

/** `states` has each state with its reason, `details` all that the events said. Without jitter, unless `random` says so. */
export function setUp(t, options = {}) {
  const time = new VirtualTime(t);
  const browser = fakeBrowser(t);
  const client = new SFUVoiceClient({ room: 'blue', participant: 'ann', token: 'T', iceServers: [], random: () => 0.5, ...options });
  const details = [];
  const problems = [];
  client.addEventListener('state', ({ detail }) => details.push({ atMs: time.nowMs, ...detail }));
  client.addEventListener('problem', ({ detail }) => problems.push(detail.message));
  return { time, client, details, problems, states: () => details.map(({ state, reason }) => (reason ? `${state}: ${reason}` : state)), ...browser };
}

/** Joins, and lets virtual time pass until that has an outcome: undefined, or the error. */
export async function join(time, client, microphone = null, ms = 0) {
  let outcome;
  client.join(microphone).then(() => (outcome = undefined), (error) => (outcome = error));
  await time.advance(ms);
  return outcome;
}

/** A function that returns the tokens T1, T2, ..., each with TURN credentials of its own. */
export function invitations() {
  let count = 0;
  return async () => {
    count += 1;
    return { token: `T${count}`, ice_servers: [{ urls: `turn:${count}` }] };
  };
}

/** An entry of the roster. */
export const entry = (participant, more = {}) => ({
  participant, name: participant, source_number: participant.length, connected: true, muted_by_backend: false, muted_by_self: false,
  permissions: { publish: ['audio'] }, ...more,
});

/** The first message of a WebSocket. Ann is alone unless `more` says so. */
export function snapshot(socket, { self = entry('ann'), others = [], ...more } = {}) {
  const data = { self, roster: [self, ...others], participants: 1 + others.length, slots: [], speaking: [], dominant: '', pinned: [], blocked: [], ...more };
  socket.receive({ type: 'snapshot', seq: 1, stream: 'S', data });
}

/** What a client says on a WebSocket, as `[type, data]`. */
export const said = (socket) => socket.sent.map(({ type, data }) => [type, data]);
