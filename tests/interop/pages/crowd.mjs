// SPDX-License-Identifier: Apache-2.0
// A crowd of webrtcbin clients with names of people, for a page to show.

import { startCall } from '../harness/command.mjs';

const FIRST = [
  'Amara', 'Bilal', 'Chen', 'Daria', 'Elif', 'Farid', 'Greta', 'Hana', 'Ivo', 'Jonas', 'Kira', 'Luca', 'Mei', 'Noor', 'Olga', 'Pavel', 'Quinn', 'Rosa', 'Sven', 'Tariq'];
const LAST = ['Adeyemi', 'Bergström', 'Costa', 'Dvořák', 'Eriksen'];

/** The name of each, by number. */
export const nameOf = (number) => `${FIRST[number % FIRST.length]} ${LAST[Math.floor(number / FIRST.length) % LAST.length]}`;

/** Joins `count` silent participants but for `talkers`, who take turns of `turn` seconds. Their ids are `crowd-0`, `crowd-1`, ... */
export async function gather(t, server, { room, count, talkers, turn }) {
  const call = startCall(t, server, {
    room, 'name-prefix': 'crowd', participants: count, talkers, pattern: 'rotating', turn, silence: 'none', slots: 1, 'join-rate': 100, joining: 10 });
  await server.connected(room, count);
  await Promise.all(Array.from({ length: count }, (_, i) => server.api('PATCH', `/v1/rooms/${room}/participants/crowd-${i}`, { name: nameOf(i) })));
  return call;
}
