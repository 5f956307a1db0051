// SPDX-License-Identifier: Apache-2.0
// A team at the backend of examples/fastapi-backend: two pages and aiortc log in, talk, are moderated and recorded, and the backend knows
// who was there, although it was dead meanwhile.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { Backend } from './harness/backend.mjs';
import { runPython } from './harness/command.mjs';
import { scratch } from './harness/scratch.mjs';
import { delay, until } from './harness/until.mjs';
import { VecheServer } from './harness/veche_server.mjs';
import { heard, notHeard } from './pages/hearing.mjs';
import { TeamPage } from './pages/team_page.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const ROOM = '/api/rooms/team';
const MATROSKA = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);
const PEER_SECONDS = 8;
const SLOW_JOIN_MS = 4000;

/** An aiortc participant whose offer the backend relays. */
async function relayedPeer(t, server, backend, token) {
  const { code, output, errors } = await runPython(t, 'aiortc_peer.py', [
    '--server', server.url, '--room', 'team', '--participant', 'chen', '--token', token, '--seconds', PEER_SECONDS,
    '--session-url', backend.url + `${ROOM}/session`]);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

test('A team talks by a backend of its own', async (t) => {
  const backend = await Backend.prepare(t);
  const server = await VecheServer.start(t, {
    ...backend.sections,
    plugins: [
      { name: 'forwarding', required: true, config: { max_speakers: 3 } },
      { name: 'recording', required: true, config: { directory: join(scratch(t, 'recordings'), 'recordings') } },
    ],
  });
  const [browser] = await Promise.all([launchBrowser(t), backend.launch(server)]);
  const [host, guest, hostToken, chenToken] = await Promise.all([
    TeamPage.logIn(browser, backend, 'ann'), TeamPage.logIn(browser, backend, 'bob'), backend.logIn('ann'), backend.logIn('chen')]);
  const attendance = async () => (await backend.api('GET', `${ROOM}/attendance`, hostToken)).body;
  const visits = async () => (await attendance()).visits.map(({ name, left_at: leftAt, reason }) => `${name} ${leftAt ? reason : 'is there'}`).sort();
  const visitsAre = async (...expected) => {
    let known;
    await until('all visits are known', async () => (known = await visits()).join() === expected.join())
      .catch((error) => { throw new Error(`${error.message}: ${known}\n${backend.log()}`); });
  };
  let ann;
  let bob;

  await t.test('A host makes a room, and both join it from their pages and hear each other', async () => {
    await host.page.getByLabel('New room').fill('team');
    await host.click('Create');
    await host.click('Manage team');
    [ann, bob] = await Promise.all([host.join('team', 'Ann'), guest.join('team', 'Bob')]);
    assert.deepEqual([ann.participant, bob.participant], ['ann', 'bob'], 'the backend decides who they are');
    await Promise.all([heard(ann, bob), heard(bob, ann), host.click('Record')]);
  });

  await t.test('A client whose offer the backend relays is heard, and hears', async () => {
    const peer = relayedPeer(t, server, backend, chenToken);
    peer.catch(() => {}); // Awaited below; it may fail before.
    const path = '/v1/rooms/team/participants/chen';
    const { source_number: chen } = await until('Chen is in', async () => {
      const { status, body } = await server.api('GET', path);
      return status === 200 && body.state === 'connected' && body;
    });
    await Promise.all([heard(ann, chen), host.shows('In the room', 'Chen: connected')]);
    const { status, slots, problem } = await peer;
    assert.equal(status, 201, problem);
    const audible = slots.reduce((sum, slot) => sum + slot.audible_frames, 0);
    assert.ok(audible > 60, `${audible} audible frames in ${PEER_SECONDS} s`);
  });

  await t.test('A host mutes and unmutes', async () => {
    await host.click('Mute Bob');
    await Promise.all([bob.page.getByRole('button', { name: 'Muted by the host' }).waitFor(), notHeard(ann, bob)]);
    await host.click('Unmute Bob');
    await heard(ann, bob);
  });

  await t.test('A removed person stays out until invited back', async () => {
    await host.click('Remove Bob');
    const refusal = bob.page.locator('#join-problem');
    await refusal.getByText('You were removed from the room.').waitFor();
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
    await refusal.getByText('The host removed you from this room').waitFor();
    await host.shows('Removed', 'bob');
    await host.click('Invite bob back');
    await bob.submit();
    await heard(ann, bob);
  });

  await t.test('A recording is downloaded through the backend', async () => {
    await host.click('Stop');
    await host.page.getByRole('link', { name: 'mix.webm' }).waitFor();
    const path = await host.page.getByRole('link', { name: 'mix.webm' }).getAttribute('href');
    const whole = await backend.api('GET', path, hostToken);
    assert.equal(whole.status, 200);
    assert.ok(whole.body.length > 10000 && whole.body.subarray(0, 4).equals(MATROSKA), `${whole.body.length} bytes`);
    const part = await backend.api('GET', path, hostToken, null, { Range: 'bytes=0-3' });
    assert.deepEqual([part.status, part.body], [206, MATROSKA]);
    assert.equal((await backend.api('GET', path, chenToken)).status, 403);
  });

  await t.test('Attendance is complete, although the backend was dead while somebody left', async () => {
    await visitsAre('Ann is there', 'Bob is there', 'Bob removed', 'Chen left');
    await backend.kill();
    await bob.page.getByRole('button', { name: 'Leave the room' }).click();
    await until('Bob is gone', async () => (await server.api('GET', '/v1/rooms/team/participants/bob')).status === 404);
    await backend.launch(server);
    assert.deepEqual(await visits(), ['Ann is there', 'Bob left', 'Bob removed', 'Chen left'], backend.log());
    assert.deepEqual((await attendance()).gaps, []);
    const { events } = (await backend.api('GET', '/healthz')).body;
    assert.deepEqual([events.webhook, events.pull], [6, 1], 'only what was missed came from the log');
  });

  await t.test('When the server is killed the pages talk directly and say so, and they return with it', async () => {
    await bob.submit();
    await visitsAre('Ann is there', 'Bob is there', 'Bob left', 'Bob removed', 'Chen left');
    await server.kill();
    const direct = [ann, bob].map(({ page }) => page.getByText('you talk to each other directly'));
    await Promise.all(direct.map((notice) => notice.waitFor()));
    // A server that comes back may be slow; the mesh plays meanwhile.
    for (const { page } of [ann, bob]) {
      await page.route(/\/session(\?|$)/, async (route) => {
        await delay(SLOW_JOIN_MS);
        await route.continue();
      });
    }
    await server.launch();
    await Promise.all(direct.map((notice) => notice.waitFor({ state: 'detached' }))).catch(async (error) => {
      const { body } = await backend.api('GET', '/api/rollout', hostToken);
      throw new Error([error.message, JSON.stringify(body), ...ann.errors, ...bob.errors, backend.log()].join('\n'));
    });
    await Promise.all([heard(ann, bob), heard(bob, ann)]);
    // A machine that stalls now may send both back to the mesh once more: that is a visit more.
    const lost = ['Ann is there', 'Ann server_lost', 'Bob is there', 'Bob server_lost'];
    await until('their visits are known', async () => (await visits()).filter((visit) => lost.includes(visit)).join() === lost.join());
    for (const { errors } of [ann, bob]) errors.length = 0; // Chromium's own, about connections that were refused meanwhile.
  });

  await t.test('The end of the room ends the call, and the visits', async () => {
    await host.click('Delete team');
    await ann.page.getByText('The room was closed.').waitFor();
    await until('Ann has left', async () => (await visits()).includes('Ann room_closed'));
    const { body: { events: joins } } = await server.api('GET', '/v1/events?room=team&types=participant.joined&limit=1000');
    assert.equal((await visits()).length, joins.length, 'a webhook that came again counts once');
    // The backend tells the page of it too, which then ends its session: Chromium notes that the server has been quicker.
    assert.deepEqual(ann.errors.filter((error) => !/ 403 .*\/session\/\w+$/.test(error)), []);
    await until('the page shows all visits', async () => (await host.visits()).length === joins.length);
  });
});
