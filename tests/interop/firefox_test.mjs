// SPDX-License-Identifier: Apache-2.0
// Firefox and Chromium at the voice page: they hear each other, and see each other mute and leave.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launchFirefox } from './peers/firefox_browser.mjs';
import { record } from './harness/compatibility.mjs';
import { until } from './harness/until.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { assertHeardAsWell, connectDirectly, listenBothWays } from './pages/direct_call.mjs';
import { heard, notHeard } from './pages/hearing.mjs';
import { launchBrowser, VoicePage } from './pages/voice_page.mjs';

const ONE_NEGOTIATION = [['have-local-offer', 'stable']];
/** Fraction of the speech that may be concealed beyond what the same pages conceal without a server. */
const CONCEALED = 0.02;
/** A closed page asks to be removed, but a driven browser may not let it; the server then notices its silence after 15 s. */
const GONE_MS = 20000;

/** As well as on a direct connection at the same time: a browser that gets too little CPU time is late on both. */
async function assertWellHeard(t, pairs) {
  const results = await listenBothWays(pairs);
  for (const { name, packets, energy, direct } of results) {
    t.diagnostic(`${name}: ${packets} packets and ${direct.packets} directly, energy ${energy.toFixed(4)}`);
    assert.ok(packets > 0.8 * direct.packets, `${name} received ${packets} packets, and ${direct.packets} directly`);
    assert.ok(energy > 0.001, `${name} received sound of energy ${energy}`);
  }
  assertHeardAsWell(t, results, CONCEALED);
}

function assertOrderly(person, signalling) {
  assert.deepEqual(signalling, ONE_NEGOTIATION, person.name);
  assert.deepEqual(person.errors, [], person.name);
}

test('Firefox and Chromium hear each other with one negotiation each', async (t) => {
  const server = await VecheServer.start(t);
  const [chromium, firefox] = [await launchBrowser(t), await launchFirefox(t)];
  t.diagnostic(`Chromium ${chromium.version()}, Firefox ${firefox.version()}`);
  const room = 'browsers';
  const ada = await VoicePage.join(chromium, server, { name: 'Ada', room });
  const felix = await VoicePage.join(firefox, server, { name: 'Felix', room });
  const statistics = () => server.statistics(room, felix.participant);

  await t.test('Sound goes both ways', async () => {
    await Promise.all([heard(ada, felix), heard(felix, ada)]);
    await connectDirectly(ada, felix);
    await assertWellHeard(t, [[ada, felix], [felix, ada]]);
    await until('Firefox plays what Ada says', async () => (await felix.inbound()).some(({ audioLevel }) => audioLevel > 0.01));
    record('Firefox ESR', firefox.version(), 'is heard', 'hears');
  });

  await t.test('Each is seen to speak', async () => {
    for (const person of [ada, felix]) {
      await until(`${person.name} sees both speak`, async () => {
        const names = await person.speaking();
        return names.includes('Ada') && names.includes('Felix');
      });
    }
  });

  await t.test('The statistics of the server and of Firefox agree that nothing is lost', async () => {
    const { path, lost_in: lostIn, lost_out: lostOut } = await statistics();
    assert.deepEqual({ path, lostIn, lostOut }, { path: environment.path, lostIn: 0, lostOut: 0 });
    if (path === 'pipeline') return; // The pipeline path reports no more than that.
    // On a busy machine a report may show a long round trip, but not all of them may.
    const about = await until('the server reports on the microphone', async () =>
      (await felix.statistics('remote-inbound-rtp')).find(({ roundTripTime }) => roundTripTime > 0 && roundTripTime < 0.2));
    assert.equal(about.packetsLost, 0);
    const { round_trip_ms: roundTripMs } = await until('Firefox reports on what it hears', async () => {
      const own = await statistics();
      return own.round_trip_ms > 0 && own.round_trip_ms < 200 && own;
    });
    record('Firefox ESR', firefox.version(), 'reports');
    t.diagnostic(`round trip: ${roundTripMs.toFixed(1)} ms for the server, ${(1000 * about.roundTripTime).toFixed(1)} ms for Firefox`);
  });

  for (const [talker, listener] of [[felix, ada], [ada, felix]]) {
    await t.test(`${listener.name} sees and hears that ${talker.name} mutes and unmutes`, async () => {
      await talker.setMuted(true);
      await listener.tile(talker).getByText('Muted').waitFor();
      await notHeard(listener, talker);
      await talker.setMuted(false);
      await heard(listener, talker);
      await listener.tile(talker).getByText('Muted').waitFor({ state: 'hidden' });
    });
  }

  await t.test('A Firefox without a microphone hears both, and is gone when its page is closed', async () => {
    const lena = await VoicePage.join(firefox, server, { name: 'Lena', room, listenOnly: true });
    await heard(lena, ada);
    await heard(lena, felix);
    await ada.tile(lena).waitFor();
    assertOrderly(lena, await lena.signalling());
    await lena.page.close();
    await until('Lena is gone', async () => (await ada.tile(lena).count()) === 0, GONE_MS);
  });

  await t.test('Leaving removes Firefox', async () => {
    for (const person of [ada, felix]) assertOrderly(person, await person.signalling());
    await felix.page.getByRole('button', { name: 'Leave the room' }).click();
    await felix.page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    await until('Felix is gone', async () => (await ada.tile(felix).count()) === 0, GONE_MS);
    assert.equal((await server.api('GET', `/v1/rooms/${room}`)).body.participants, 1);
    assert.deepEqual(felix.errors, []);
  });
});
