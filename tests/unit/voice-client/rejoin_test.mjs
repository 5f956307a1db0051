// SPDX-License-Identifier: Apache-2.0
// When a voice client joins again, and when it gives up.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Rejoin, renewalMs } from '../../../examples/voice-client/rejoin.js';
import { jwt } from './fake_browser.mjs';

const NO_JITTER = { random: () => 0.5 };
const joined = (options = {}) => {
  const rejoin = new Rejoin({ ...NO_JITTER, ...options });
  rejoin.answered();
  return rejoin;
};
/** What becomes of the call if every attempt from `nowMs` on fails with `error`: how long until it ends, or 'for ever', and the reason. */
function fails(rejoin, error, options, nowMs = 0, limitMs = 3600000) {
  for (let atMs = nowMs; atMs < limitMs;) {
    const decision = rejoin.failed(error, atMs, options);
    if (decision.end) return [atMs - nowMs, decision.end];
    atMs += decision.retryMs;
  }
  return ['for ever'];
}

test('A first attempt that fails is the caller\'s to see', () => {
  for (const error of [{ status: 503 }, { status: 404 }, new Error('no network')]) assert.deepEqual(new Rejoin().failed(error, 0), { end: 'refused' });
});

test('Pauses grow to ten seconds, with jitter, and begin again after a stable connection', () => {
  const rejoin = joined();
  const pauses = () => [0, 1, 2, 3, 4, 5].map((i) => rejoin.ended('connection failed', i).retryMs);
  assert.deepEqual(pauses(), [500, 1000, 2000, 4000, 8000, 10000]);
  rejoin.connected(20000);
  assert.equal(rejoin.ended('connection lost', 25000).retryMs, 10000, 'five seconds are not stable');
  rejoin.connected(40000);
  assert.equal(rejoin.ended('connection lost', 51000).retryMs, 500);
  for (const [random, ms] of [[0, 375], [0.999999, 625]]) {
    assert.equal(Math.round(joined({ random: () => random }).ended('events lost', 0).retryMs), ms);
  }
});

test('What the server says when it ends a session decides', () => {
  for (const reason of ['left', 'removed', 'replaced', 'room_closed', 'bad_fingerprint', 'policy_violation']) {
    assert.deepEqual(joined().ended(reason, 0), { end: reason });
  }
  for (const reason of ['peer_timeout', 'media_error', 'server_stopping', 'events lost']) assert.equal(joined().ended(reason, 0).retryMs, 500, reason);
});

test('Which failures end a call, and when', () => {
  const unauthenticated = { status: 401, type: '/problems/unauthenticated' };
  const cases = [
    // The server's answers, with one token and with a token for each attempt.
    [{ status: 0 }, {}, ['for ever']],
    [{ status: 503 }, {}, ['for ever']],
    [{ status: 429 }, {}, ['for ever']],
    [{ status: 409 }, {}, ['for ever']],
    [{ status: 400 }, {}, [0, 'refused']],
    [{ status: 403 }, {}, [0, 'refused']],
    [{ status: 403, type: '/problems/permission-denied' }, { renewsToken: true }, [0, 'refused']],
    [{ status: 403, type: '/problems/participant-removed' }, { renewsToken: true }, [0, 'removed']],
    [{ status: 403, type: '/problems/room-deleted' }, { renewsToken: true }, [0, 'room_closed']],
    [{ status: 403, type: '/problems/token-outdated' }, {}, [0, 'refused']],
    [{ status: 403, type: '/problems/token-outdated' }, { renewsToken: true }, [1500, 'refused']],
    [{ status: 401 }, { renewsToken: true }, [1500, 'refused']],
    [unauthenticated, {}, [0, 'refused']],
    [unauthenticated, { renewsToken: true }, [1500, 'refused']],
    // The room is gone: a backend makes it again, or never.
    [{ status: 404 }, {}, [125500, 'refused']],
    // Errors of the function that gets tokens, of whatever class.
    [{ status: 403 }, { renewsToken: true, ofToken: true }, [0, 'refused']],
    [{ status: 401 }, { renewsToken: true, ofToken: true }, [0, 'refused']],
    [{ status: 502 }, { renewsToken: true, ofToken: true }, ['for ever']],
    [{ status: 404 }, { renewsToken: true, ofToken: true }, [125500, 'refused']],
    [Object.assign(new Error('banned'), { final: true }), { renewsToken: true, ofToken: true }, [0, 'refused']],
    [new TypeError('Failed to fetch'), { renewsToken: true, ofToken: true }, ['for ever']],
    [undefined, {}, ['for ever']],
  ];
  for (const [error, options, expected] of cases) assert.deepEqual(fails(joined(options), error, options), expected, JSON.stringify([error, options]));
});

test('A room that comes back within two minutes keeps its people, however often', () => {
  const rejoin = joined();
  let nowMs = 0;
  for (let restart = 0; restart < 5; restart += 1) {
    nowMs += rejoin.ended('events lost', nowMs).retryMs;
    const untilMs = nowMs + 100000;
    while (nowMs < untilMs) nowMs += rejoin.failed({ status: nowMs % 2 ? 0 : 404 }, nowMs).retryMs;
    rejoin.answered();
    rejoin.connected(nowMs);
    nowMs += 60000;
  }
});

test('Tokens that the server refuses now and then end nothing', () => {
  const rejoin = joined({ renewsToken: true });
  for (let i = 0; i < 10; i += 1) {
    assert.ok(rejoin.failed({ status: 401 }, i).retryMs);
    rejoin.answered();
  }
});

test('Retry-After counts, up to five minutes', () => {
  assert.equal(joined().failed({ status: 503, retryAfterMs: 30000 }, 0).retryMs, 30000);
  assert.equal(joined().failed({ status: 503, retryAfterMs: 1e12 }, 0).retryMs, 300000);
});

test('A token is renewed after four fifths of its life, whatever the client\'s clock says', () => {
  const nowMs = 1700000000000;
  const s = nowMs / 1000;
  const cases = [
    ['fresh', { iat: s, exp: s + 100 }, 80000],
    ['from a cache, half used', { iat: s - 50, exp: s + 50 }, 40000],
    ['by a clock that is an hour behind', { iat: s + 3600, exp: s + 3700 }, 80000],
    ['by a clock that is an hour ahead', { iat: s - 3600, exp: s - 3500 }, 80000],
    ['fractions', { iat: s + 0.5, exp: s + 100.5 }, 80000],
    ['without iat', { exp: s + 100 }, 80000],
    ['expired, without iat', { exp: s - 1 }, null],
    ['without exp', {}, null],
    ['with claims that are none', { exp: 'soon' }, null],
  ];
  for (const [what, claims, expected] of cases) assert.equal(renewalMs(jwt(claims), nowMs), expected, what);
  for (const opaque of ['', 'key.secret', 'a.b.c', 'a.bnVsbA.c']) assert.equal(renewalMs(opaque, nowMs), null, opaque);
});
