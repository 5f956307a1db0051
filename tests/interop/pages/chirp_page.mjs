// SPDX-License-Identifier: Apache-2.0
// A voice page whose microphone is chirp_worklet.js. The browser does not process its sound like a real microphone's.

import { readFileSync } from 'node:fs';

import { VoicePage } from './voice_page.mjs';

const WORKLET = readFileSync(new URL('chirp_worklet.js', import.meta.url), 'utf8');

/** Runs in the page, before its own scripts. */
function replaceMicrophone({ worklet, periodMs, phaseMs }) {
  window.chirps = [];
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'chirp-microphone', { numberOfInputs: 0, processorOptions: { periodMs, phaseMs } });
    node.port.onmessage = ({ data }) => window.chirps.push(data);
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    node.connect(destination);
    window.chirpMicrophone = { context, node }; // Keeps them alive.
    return destination.stream;
  };
}

export async function joinChirping(browser, server, { periodMs = 2000, phaseMs = 0, prepare = () => {}, ...person }) {
  return VoicePage.join(browser, server, {
    ...person,
    bypassCSP: true,
    prepare: async (page) => {
      await page.addInitScript(replaceMicrophone, { worklet: WORKLET, periodMs, phaseMs });
      await prepare(page);
    },
  });
}

/** What it lost before now does not count: a recording finds its time when it begins. */
export const beginAnew = (person) => person.page.evaluate(() => window.chirpMicrophone.node.port.postMessage('begin'));

/** The times of its chirps, in ms since 1970: only those whose timing is certain. */
export async function chirpsOfPage(person) {
  const made = await person.page.evaluate(() => window.chirps);
  return made.filter(({ isSure }) => isSure).map(({ wallMs }) => wallMs);
}
