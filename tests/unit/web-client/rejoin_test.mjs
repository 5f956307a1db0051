// SPDX-License-Identifier: Apache-2.0
// When a voice client joins again, and when it gives up.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Rejoin } from '../../../clients/web/src/protocol/rejoin.js';
import { renewalMs } from '../../../clients/web/src/protocol/token.js';
import { Problem, VoiceError } from '../../../clients/web/src/protocol/voice_error.js';
import { jwt } from './fake_browser.mjs';

const NO_JITTER = { random: () => 0.5 };
const joined = (options = {}) => {
  const rejoin = new Rejoin({ ...NO_JITTER, ...options });
  rejoin.answered();
  return rejoin;
};
/** What becomes of the call if every attempt from `nowMs` on fails with `error`: how long until it ends, and the reason. */
function fails(rejoin, error, options, nowMs = 0) {
  for (let atMs = nowMs; ;) {
    const decision = rejoin.failed(error, atMs, options);
    if (decision.end) return [atMs - nowMs, decision.end];
    atMs += decision.retryMs;
  }
}
/** The first end of ten minutes at which an attempt is due. */
const TEN_MINUTES = [604000, 'unreachable'];

test('A first attempt that fails is the caller\'s to see', () => {
  for (const error of [{ status: 503 }, { status: 404 }, { final: true }, new VoiceError('not-supported')]) {
    assert.deepEqual(new Rejoin().failed(error, 0), { end: 'refused' });
  }
  for (const error of [new Error('no network'), new Problem({})]) assert.deepEqual(new Rejoin().failed(error, 0), { end: 'unreachable' });
});

test('The pauses begin again after a stable connection, or when the network returns', () => {
  const rejoin = joined();
  const next = (nowMs) => rejoin.ended('connection lost', nowMs).retryMs;
  assert.deepEqual([next(0), next(1), next(2), next(3)], [0, 300, 1200, 2700]);
  rejoin.connected(20000);
  assert.equal(next(25000), 4800, 'five seconds are not stable');
  rejoin.connected(40000);
  assert.equal(next(51000), 0);
  assert.equal(next(51001), 300);
  rejoin.returned();
  assert.equal(next(51002), 0);
});

test('An end that all clients of a server meet is followed by a pause, that of one client by none', () => {
  for (const reason of ['connection lost', 'connection failed', 'no connection', 'peer_timeout', 'media_error', 'token_expired']) {
    assert.equal(joined().ended(reason, 0).retryMs, 0, reason);
  }
  for (const reason of ['server_stopping', 'events lost']) assert.equal(joined().ended(reason, 0).retryMs, 1150, reason);
});

test('Ten minutes without a connection are the end, but not ten minutes of bad connections', () => {
  assert.deepEqual(fails(joined(), new Problem({})), TEN_MINUTES);
  const rejoin = joined();
  let atMs = 0;
  for (let i = 0; i < 500; i += 1) {
    atMs += rejoin.ended('connection lost', atMs).retryMs;
    rejoin.connected(atMs);
    atMs += 5000;
  }
  assert.ok(atMs > 2000000);
  assert.equal(fails(rejoin, new Problem({}), {}, atMs)[1], 'unreachable');
});

test('What the server says when it ends a session decides', () => {
  for (const reason of ['left', 'removed', 'replaced', 'room_closed', 'bad_fingerprint', 'policy_violation']) {
    assert.deepEqual(joined().ended(reason, 0), { end: reason });
  }
});

test('Which failures end a call, and when', () => {
  const unauthenticated = { status: 401, type: '/problems/unauthenticated' };
  const cases = [
    // The server's answers, with one token and with a token for each attempt.
    [{ status: 0 }, {}, TEN_MINUTES],
    [{ status: 503 }, {}, TEN_MINUTES],
    [{ status: 429 }, {}, TEN_MINUTES],
    [{ status: 409 }, {}, TEN_MINUTES],
    [{ status: 400 }, {}, [0, 'refused']],
    [{ status: 403 }, {}, [0, 'refused']],
    [{ status: 403, type: '/problems/permission-denied' }, { renewsToken: true }, [0, 'refused']],
    [{ status: 403, type: '/problems/participant-removed' }, { renewsToken: true }, [0, 'removed']],
    [{ status: 403, type: '/problems/room-deleted' }, { renewsToken: true }, [0, 'room_closed']],
    [{ status: 403, type: '/problems/token-outdated' }, {}, [0, 'refused']],
    [{ status: 403, type: '/problems/token-outdated' }, { renewsToken: true }, [300, 'refused']],
    [{ status: 401 }, { renewsToken: true }, [300, 'refused']],
    [unauthenticated, {}, [0, 'refused']],
    [unauthenticated, { renewsToken: true }, [300, 'refused']],
    // The room is gone: a backend makes it again, or never.
    [{ status: 404 }, {}, [121000, 'refused']],
    // Errors of the function that gets tokens, of whatever class.
    [{ status: 403 }, { renewsToken: true, ofToken: true }, [0, 'refused']],
    [{ status: 401 }, { renewsToken: true, ofToken: true }, [0, 'refused']],
    [{ status: 502 }, { renewsToken: true, ofToken: true }, TEN_MINUTES],
    [{ status: 404 }, { renewsToken: true, ofToken: true }, [121000, 'refused']],
    [Object.assign(new Error('banned'), { final: true }), { renewsToken: true, ofToken: true }, [0, 'refused']],
    [new TypeError('Failed to fetch'), { renewsToken: true, ofToken: true }, TEN_MINUTES],
    [undefined, {}, TEN_MINUTES],
    // What no attempt can change: this browser, or its keys.
    [new VoiceError('not-supported'), {}, [0, 'refused']],
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
    assert.equal(rejoin.failed({ status: 401 }, i).end, undefined);
    rejoin.answered();
  }
});

test('Retry-After counts, up to five minutes, whatever happens meanwhile', () => {
  assert.equal(joined().failed({ status: 503, retryAfterMs: 30000 }, 0).retryMs, 30500);
  assert.equal(joined().failed({ status: 503, retryAfterMs: 1e12 }, 0).retryMs, 300000);
  const rejoin = joined();
  rejoin.failed({ status: 503, retryAfterMs: 30000 }, 0);
  rejoin.returned();
  assert.equal(rejoin.ended('network changed', 10000).retryMs, 20500);
  rejoin.returned();
  assert.equal(rejoin.ended('network changed', 31000).retryMs, 0);
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
