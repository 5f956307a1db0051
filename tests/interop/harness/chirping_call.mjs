// SPDX-License-Identifier: Apache-2.0
// A call whose talkers chirp at known times, with loss, DTX, a mute and a late joiner.

import { beginAnew, chirpsOfPage, joinChirping } from '../pages/chirp_page.mjs';
import { runPython } from './command.mjs';
import { UdpRelay } from './udp_relay.mjs';
import { delay } from './until.mjs';

const PERIOD_MS = 2400; // In a mix, chirps neither overlap nor can be mistaken for each other.
const LOSE_EVERY = 50;
const EDGE_MS = 1000;

/** A webrtcbin participant for some seconds; returns the times of its chirps. */
export async function runChirpTalker(t, server, { room, participant, seconds, phaseMs = 0, extra = [] }) {
  const { token } = await server.invite(room, participant);
  const { code, output, errors } = await runPython(t, 'chirp_talker.py', [
    '--server', server.url, '--room', room, '--participant', participant, '--token', token,
    '--seconds', seconds, '--period-ms', PERIOD_MS, '--phase-ms', phaseMs, ...extra]);
  if (code !== 0) {
    const error = new Error(`the chirping talker ${participant} ended with ${code}: ${errors}`);
    // Some tests only wait for what the talker does.
    if (code !== 'SIGKILL') t.diagnostic(error.message);
    throw error;
  }
  return JSON.parse(output).chirps;
}

/**
 * Three talkers: Chromium with DTX and 2 % loss that is muted for `muteS`, webrtcbin with DTX and 2 % loss, and webrtcbin that
 * joins last. `onBegin` runs when the first two are connected. Returns [{name, participant, chirps, muted}]: the times of their
 * chirps, and of those that must not be heard.
 */
export async function holdChirpingCall(t, server, browser, { room, muteS = 20, onBegin = () => {} }) {
  const relay = await UdpRelay.start(t, { loseUp: LOSE_EVERY });
  const ada = await joinChirping(browser, server, { name: 'Ada', room, periodMs: PERIOD_MS, prepare: (page) => relay.serve(page) });
  const talker = (participant, phaseMs, seconds, extra) => {
    const chirps = runChirpTalker(t, server, { room, participant, phaseMs, seconds, extra });
    chirps.catch(() => {}); // Awaited at the end; it may fail before.
    return chirps;
  };
  const boris = talker('boris', 800, muteS + 20, ['--dtx', '--lose-every', LOSE_EVERY]);
  await server.connected(room, 2);
  await onBegin();
  await beginAnew(ada);
  await delay(7000);
  const muted = { from: Date.now(), to: 0 };
  await ada.setMuted(true);
  const carol = delay((muteS * 1000) / 2).then(() => talker('carol', 1600, muteS / 2 + 10, []));
  carol.catch(() => {});
  await delay(muteS * 1000);
  muted.to = Date.now();
  await ada.setMuted(false);
  const heard = [await boris, await carol];
  const adas = await chirpsOfPage(ada);
  return [
    { name: 'Chromium, DTX, 2 % loss, mute', participant: ada.participant,
      chirps: adas.filter((ms) => ms < muted.from - EDGE_MS || ms > muted.to + EDGE_MS),
      muted: adas.filter((ms) => ms > muted.from + EDGE_MS && ms < muted.to - EDGE_MS) },
    { name: 'webrtcbin, DTX, 2 % loss', participant: 'boris', chirps: heard[0], muted: [] },
    { name: 'webrtcbin, late', participant: 'carol', chirps: heard[1], muted: [] },
  ];
}
