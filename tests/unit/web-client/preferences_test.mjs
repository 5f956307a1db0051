// SPDX-License-Identifier: Apache-2.0
// What a participant has chosen, and what the server has to be told of it after a cut.

import assert from 'node:assert/strict';
import test from 'node:test';

import { Preferences } from '../../../clients/web/src/protocol/preferences.js';

const message = (type, { pinned = [], blocked = [], muted = false } = {}) => ({ type, data: { self: { muted_by_self: muted }, pinned, blocked } });
const chosen = () => {
  const preferences = new Preferences();
  preferences.choose('pinned', ['bob']);
  preferences.settle('pinned', ['bob']);
  return preferences;
};

test('What the server knows is taken over at first', () => {
  const preferences = new Preferences();
  assert.deepEqual(preferences.compare(message('snapshot', { pinned: ['bob'], blocked: ['eve'] })), []);
  assert.deepEqual([preferences.pinned, preferences.blocked], [['bob'], ['eve']]);
});

test('A server that took the participant for one that had left is told again', () => {
  const preferences = chosen();
  preferences.mute(true);
  assert.deepEqual(preferences.compare(message('snapshot')), [{ type: 'pin', data: { participants: ['bob'] } }, { type: 'mute', data: { muted: true } }]);
});

test('What the backend has changed meanwhile counts, unless the person has chosen something since', () => {
  const changed = chosen();
  assert.deepEqual(changed.compare(message('resumed')), []);
  assert.deepEqual(changed.pinned, []);
  const both = chosen();
  both.choose('pinned', ['zoe']); // The server does not get that.
  assert.deepEqual(both.compare(message('resumed', { pinned: ['bob', 'dan'] })), [{ type: 'pin', data: { participants: ['zoe'] } }]);
  assert.deepEqual(both.pinned, ['zoe']);
});

test('A mute is the person\'s own, whatever the server thinks', () => {
  const preferences = new Preferences();
  assert.deepEqual(preferences.compare(message('resumed', { muted: true })), [{ type: 'mute', data: { muted: false } }]);
});
