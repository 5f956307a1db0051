// SPDX-License-Identifier: Apache-2.0
// The same call twice at the same time: on a server with the plugin adaptive, and on one without.

import { fileURLToPath } from 'node:url';

import { startCall } from '../harness/command.mjs';
import { UdpRelay } from '../harness/udp_relay.mjs';
import { until } from '../harness/until.mjs';
import { VecheServer } from '../harness/veche_server.mjs';
import { heard } from '../pages/hearing.mjs';
import { launchBrowser, VoicePage } from '../pages/voice_page.mjs';

const REFUSE_NACK = fileURLToPath(new URL('../pages/refuse_nack.js', import.meta.url));
export const FORWARDING = { name: 'forwarding', required: true, config: { max_speakers: 3 } };
export const ADAPTIVE = { name: 'adaptive', required: true };
/** More often than a slot could come and go, and seldom enough for two cores. */
const SAMPLE_MS = 250;

/** One room of one server, with people at the voice page and programs that talk. */
class Call {
  talkers = [];

  constructor(label, server, browser, room) {
    Object.assign(this, { label, server, browser, room });
  }

  /** Somebody whose microphone is open. `relayed`: behind a relay, which is `person.relay`. */
  async talker(t, name, { relayed = false } = {}) {
    const person = await this.#join(t, name, { relayed });
    this.talkers.push(person);
    return person;
  }

  /** This many who talk all the time: programs, which cost little next to pages. Headers and marks cost each 34 kbit/s more than its Opus. */
  async programs(t, count, bitrate = 32000) {
    const { room } = this;
    startCall(t, this.server, { room, participants: count, talkers: count, silence: 'none', bitrate, 'name-prefix': 'talker', feedback: 'full' });
    await this.server.connected(room, count);
    const { body } = await this.server.api('GET', `/v1/rooms/${room}/participants`);
    this.talkers = body.participants.map(({ id, source_number: sourceNumber }) => ({ name: id, participant: id, sourceNumber }));
  }

  /** Somebody who only listens. `nack`: offers retransmission, as the client does by itself. */
  listener(t, name, { relayed = true, nack = true } = {}) {
    return this.#join(t, name, { relayed, nack, listenOnly: true });
  }

  async #join(t, name, { relayed, nack = true, ...options }) {
    const relay = relayed ? await UdpRelay.start(t) : null;
    const prepare = async (page) => {
      await relay?.serve(page);
      if (!nack) await page.addInitScript({ path: REFUSE_NACK });
    };
    const person = await VoicePage.join(this.browser, this.server, { name, room: this.room, prepare, ...options });
    return Object.assign(person, { relay });
  }

  /** The slot of each talker at the listener, once all of them are heard. The packets of a talker may come before the message that says where. */
  async slots(listener) {
    for (const talker of this.talkers) await heard(listener, talker);
    return until(`${listener.name} was told of its slots`, async () => {
      const mids = await slotsOf(listener, this.talkers);
      return mids.every((mid) => mid !== undefined) && mids;
    });
  }

  /** The main speaker of the room. */
  async dominant() {
    const name = await until('somebody is the main speaker', async () =>
      (await this.server.api('GET', `/v1/rooms/${this.room}/stats`)).body.dominant);
    return this.talkers.find(({ participant }) => participant === name);
  }
}

/** The slots in which these people were the last that the page was told of: their mids. */
async function slotsOf(listener, people) {
  const [snapshot] = await listener.messages('snapshot');
  const told = [snapshot.data.slots, ...(await listener.messages('slots')).map(({ data }) => data)].flat();
  return people.map(({ participant }) => told.findLast((slot) => slot.participant === participant)?.mid);
}

/** {adaptive, plain}: the same room on two servers, and one browser for all. */
export async function twoCalls(t, room) {
  const browser = await launchBrowser(t);
  const start = async (label, plugins) => new Call(label, await VecheServer.start(t, { plugins, media: { lanes: 1 } }), browser, room);
  return { adaptive: await start('with adaptive', [FORWARDING, ADAPTIVE]), plain: await start('without', [FORWARDING]) };
}

/** One room of a server with the plugin. */
export async function oneCall(t, room) {
  const server = await VecheServer.start(t, { plugins: [FORWARDING, ADAPTIVE], media: { lanes: 1 } });
  return new Call('with adaptive', server, await launchBrowser(t), room);
}

/** What the listener's page receives for a while. */
export const record = (listener, durationMs) => listener.record(durationMs, SAMPLE_MS);

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
export const seconds = (ms) => (ms === null ? 'never' : `${(ms / 1000).toFixed(1)} s`);
