// SPDX-License-Identifier: Apache-2.0
// Errors that a product can show: a code, and advice for people.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Problem, VoiceError } from '../../../clients/web/src/index.js';

test('Each code has advice that is a sentence', () => {
  const codes = ['permission-denied', 'no-microphone', 'microphone-busy', 'insecure-page', 'autoplay-blocked', 'refused', 'token-expired', 'unreachable',
    'not-supported', 'interrupted', 'wrong-key'];
  for (const code of codes) {
    const error = new VoiceError(code);
    assert.ok(error instanceof Error);
    assert.match(error.advice, /^[A-Z].*\.$/, code);
    assert.equal(error.message, error.advice);
  }
});

test('What getUserMedia throws gets a code, under its old names too', () => {
  const cases = { NotAllowedError: 'permission-denied', PermissionDeniedError: 'permission-denied', NotFoundError: 'no-microphone',
    NotReadableError: 'microphone-busy', OverconstrainedError: 'no-microphone', AbortError: 'microphone-busy', InvalidStateError: 'interrupted', TypeError: 'not-supported' };
  for (const [name, code] of Object.entries(cases)) {
    const cause = Object.assign(new Error('the browser\'s words'), { name });
    const error = VoiceError.ofMedia(cause);
    assert.deepEqual([error.code, error.cause, error.message], [code, cause, 'the browser\'s words']);
    assert.equal(VoiceError.ofMedia(error), error);
  }
});

test('A problem says whether the server was reached, and whether the token is to blame', () => {
  const cases = [
    [{}, 'unreachable', /network/],
    [{ status: 503 }, 'refused', /Try again/],
    [{ status: 429, type: '/problems/too-many-requests' }, 'refused', /Try again/],
    [{ status: 403, type: '/problems/permission-denied' }, 'refused', /invitation/],
    [{ status: 403, type: '/problems/token-outdated' }, 'token-expired', /expired/],
    [{ status: 401, type: '/problems/unauthenticated' }, 'token-expired', /expired/],
    [{ status: 401 }, 'token-expired', /expired/],
    [{ final: true }, 'refused', /invitation/],
  ];
  for (const [fields, code, advice] of cases) {
    const problem = new Problem({ title: 'No', detail: 'not now', ...fields });
    assert.ok(problem instanceof VoiceError);
    assert.deepEqual([problem.code, problem.message], [code, 'No: not now'], JSON.stringify(fields));
    assert.match(problem.advice, advice);
  }
});
