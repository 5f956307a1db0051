// SPDX-License-Identifier: Apache-2.0
// What client_bench puts a page into, one after the other: each in a browser of its own, with the same crowd in the room.

import { BenchPage } from './bench_page.mjs';
import { speech } from './sounds.mjs';

const SLOTS = 4; // The client's own default.
const MESH_TALKERS = 3;
/** People in the meshes that are measured; a larger one is extrapolated from them. */
export const MESH_SIZES = [5, 10, 15];

/** A page whose microphone hears somebody who talks, in a call as `join` says; without `room` it is alone. */
const inRoom = (label, { capture = {}, join = {}, room, before } = {}) => ({
  label,
  sound: speech,
  needsCrowd: room !== undefined,
  start: async ({ page, participant }) => {
    if (before) await page.call(before);
    if (capture) await page.call('capture', capture);
    await page.join(room ?? `alone-${participant}`, participant, { slots: SLOTS, ...join });
  },
});

/** A page that is connected to each of the others. They are all in one other browser. */
const inMesh = (label, others) => ({
  label,
  sound: speech,
  prepare: ({ t, server }) => BenchPage.open(t, server, speech()),
  start: async ({ page, prepared: crowd }) => {
    for (const each of [page, crowd]) await each.call('capture');
    await page.callDirectly(crowd, others, Math.min(others, MESH_TALKERS));
  },
});

/** The scenarios by name. `room` is that of the crowd. */
export function scenarios(room) {
  return {
    idle: { label: 'An empty page', sound: speech, start: () => {} },
    captured: { label: 'Microphone open, nothing sent', sound: speech, start: ({ page }) => page.call('capture') },
    sent: inRoom('Microphone sent, nobody to hear', { join: { slots: 0 } }),
    direct: inMesh('One direct call', 1),
    ...Object.fromEntries(MESH_SIZES.map((size) => [`mesh-${size}`, inMesh(`A mesh of ${size}`, size - 1)])),
    room: inRoom('The room', { room }),
    listening: inRoom('Listening alone', { room, capture: null }),
    muted: inRoom('Muted', { room, join: { muted: true } }),
    'muted-without-dtx': inRoom('Muted, no DTX', { room, join: { muted: true }, capture: { dtx: false } }),
    unprocessed: inRoom('The microphone as it is, unprocessed', { room, capture: { processing: false } }),
    'slots-3': inRoom('3 slots instead of 4', { room, join: { slots: 3 } }),
    'slots-12': inRoom('12 slots instead of 4', { room, join: { slots: 12 } }),
    'audio-context': inRoom('Slots through an AudioContext', { room, before: 'useAudioContext' }),
  };
}
