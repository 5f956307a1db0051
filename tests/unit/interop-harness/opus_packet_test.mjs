// SPDX-License-Identifier: Apache-2.0
// Opus packets of each form, made by hand after RFC 6716: which of them carry in-band FEC.

import assert from 'node:assert/strict';
import test from 'node:test';

import { readOpusPacket } from '../../interop/harness/opus_packet.mjs';

const SILK_20 = 9, HYBRID_20 = 15, CELT_20 = 31, SILK_40 = 10, SILK_60 = 11, SILK_10 = 8;
const STEREO = 4;
const toc = (configuration, code = 0, stereo = 0) => (configuration << 3) | stereo | code;
const fec = (...bytes) => readOpusPacket(Uint8Array.from(bytes))?.fec;

test('The first byte says mode, length of a frame and channels', () => {
  const read = (...bytes) => readOpusPacket(Uint8Array.from(bytes));
  assert.deepEqual(read(toc(SILK_20), 0, 0), { mode: 'silk', frameMs: 20, channels: 1, frames: 1, fec: false });
  assert.deepEqual(read(toc(HYBRID_20, 0, STEREO), 0, 0), { mode: 'hybrid', frameMs: 20, channels: 2, frames: 1, fec: false });
  assert.deepEqual(read(toc(CELT_20), 0, 0), { mode: 'celt', frameMs: 20, channels: 1, frames: 1, fec: false });
  assert.equal(read(toc(16), 0).frameMs, 2.5);
  assert.equal(read(toc(13), 0).frameMs, 20);
  assert.equal(read(toc(SILK_60), 0).frameMs, 60);
});

test('The flag follows the bits of voice activity, one for each 20 ms', () => {
  for (const [configuration, flag] of [[SILK_10, 0x40], [SILK_20, 0x40], [HYBRID_20, 0x40], [SILK_40, 0x20], [SILK_60, 0x10]]) {
    assert.equal(fec(toc(configuration), flag, 1, 2), true, `configuration ${configuration}`);
    assert.equal(fec(toc(configuration), 0xff & ~flag, 1, 2), false, `configuration ${configuration}`);
  }
});

test('In stereo the side channel has a flag of its own', () => {
  assert.equal(fec(toc(SILK_20, 0, STEREO), 0x40), true);
  assert.equal(fec(toc(SILK_20, 0, STEREO), 0x10), true);
  assert.equal(fec(toc(SILK_20, 0, STEREO), 0xaf), false);
  assert.equal(fec(toc(SILK_60, 0, STEREO), 0x01), true);
  assert.equal(fec(toc(SILK_20), 0x10), false, 'mono has none');
});

test('CELT has none, whatever its bits are', () => {
  assert.equal(fec(toc(CELT_20), 0xff, 0xff), false);
});

test('The first frame is found in packets of several', () => {
  assert.equal(fec(toc(SILK_20, 1), 0x40, 0, 0, 0), true);
  assert.equal(fec(toc(SILK_20, 2), 2, 0x40, 0, 9), true);
  assert.equal(fec(toc(SILK_20, 2), 252, 0, 0x40, ...new Array(260).fill(0)), true);
  assert.equal(fec(toc(SILK_20, 3), 2, 0x40, 0, 0, 0), true, 'constant length');
  assert.equal(fec(toc(SILK_20, 3), 0x80 | 3, 1, 1, 0x40, 0, 0), true, 'two lengths first');
  assert.equal(fec(toc(SILK_20, 3), 0x40 | 1, 2, 0x40, 0, 0, 0), true, 'a byte of padding length');
  assert.equal(fec(toc(SILK_20, 3), 0x40 | 1, 255, 1, 0x40, ...new Array(255).fill(0)), true, 'two of them');
  assert.equal(fec(toc(SILK_20, 3), 0xc0 | 2, 1, 1, 0x40, 0, 0), true, 'padding and lengths');
});

test('A packet that says nothing repeats nothing', () => {
  assert.equal(fec(toc(SILK_20)), false);
  assert.equal(fec(toc(SILK_20, 2), 0, 0x40), false, 'the first frame is empty');
  assert.equal(fec(toc(SILK_20, 3), 0x40 | 1, 2, 0xff, 0xff), false, 'padding alone');
});

test('What is no Opus packet is not taken for one', () => {
  for (const bytes of [[], [toc(SILK_20, 1), 1], [toc(SILK_20, 2)], [toc(SILK_20, 2), 252], [toc(SILK_20, 3)], [toc(SILK_20, 3), 0],
    [toc(SILK_60, 3), 3, 0, 0], [toc(SILK_20, 3), 0x40 | 1, 9, 0], [toc(SILK_20, 3), 0x40 | 1], [toc(SILK_20, 3), 0x80 | 3, 1]]) {
    assert.equal(readOpusPacket(Uint8Array.from(bytes)), null, `${bytes}`);
  }
});

test('Any bytes are read without an error', () => {
  for (let first = 0; first < 256; first += 1) {
    for (const rest of [[], [255], [255, 255, 255], new Array(40).fill(first)]) readOpusPacket(Uint8Array.from([first, ...rest]));
  }
});
