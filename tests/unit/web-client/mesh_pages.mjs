// SPDX-License-Identifier: Apache-2.0
// Pages in a mesh, in virtual time: what tests of one begin with.

import { MeshVoiceClient } from '../../../clients/web/src/mesh/index.js';
import { fakeRoom, microphone, pseudoRandom } from './fake_mesh.mjs';
import { VirtualTime } from './virtual_time.mjs';

/** These are in it already; `enter` brings another one. */
export async function setUp(t, ...names) {
  const time = new VirtualTime(t);
  const room = fakeRoom(t);
  const pages = {};
  const enter = async (name, source = microphone()) => {
    const client = new MeshVoiceClient({ url: `http://backend.test/mesh?as=${name}`, participant: name, random: pseudoRandom(name.charCodeAt(0)) });
    const states = [];
    client.addEventListener('state', ({ detail: { state, reason, detail } }) => states.push([state, reason, detail].filter(Boolean).join(' ')));
    pages[name] = { client, states, source, track: source?.getAudioTracks()[0] };
    await client.join(source);
    await time.settle();
    return pages[name];
  };
  for (const name of names) await enter(name);
  return { time, pages, enter, ...room };
}

export const heard = (client) => [...client.levels().keys()].sort();
