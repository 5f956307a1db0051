// SPDX-License-Identifier: Apache-2.0
// SFrame against the test vectors of RFC 9605 (appendix C, and test-vectors.json of github.com/sframe-wg/sframe, where they come from).

import assert from 'node:assert/strict';
import test from 'node:test';

import { FrameKey, SUITES } from '../../../clients/web/src/e2ee/cipher_suites.js';
import { decodeHeader, encodeHeader } from '../../../clients/web/src/e2ee/sframe_header.js';

const MOST = 2n ** 64n - 1n;
/** kid, ctr, header. */
const HEADERS = [
  [0n, 0n, '00'], [0n, 1n, '01'], [0n, 255n, '08ff'], [0n, 256n, '090100'],
  [1n, 0n, '10'], [1n, 1n, '11'], [1n, 255n, '18ff'], [1n, 256n, '190100'],
  [255n, 0n, '80ff'], [255n, 1n, '81ff'], [255n, 255n, '88ffff'], [255n, 256n, '89ff0100'],
  [256n, 0n, '900100'], [256n, 1n, '910100'], [256n, 255n, '980100ff'], [256n, 256n, '9901000100'],
  [65536n, 2n ** 56n, 'af0100000100000000000000'],
  [2n ** 24n - 1n, 2n ** 56n, 'afffffff0100000000000000'],
  [2n ** 24n, 2n ** 56n, 'bf010000000100000000000000'],
  [2n ** 40n, 2n ** 56n, 'df0100000000000100000000000000'],
  [2n ** 56n - 1n, 2n ** 56n, 'efffffffffffffff0100000000000000'],
  [2n ** 56n, 2n ** 56n, 'ff01000000000000000100000000000000'],
  [MOST, 2n ** 56n - 1n, 'feffffffffffffffffffffffffffffff'],
  [MOST, MOST, 'ffffffffffffffffffffffffffffffffff'],
];
/** Of all cipher suites. */
const FRAME = {
  kid: 0x123n, ctr: 0x4567n, baseKey: '000102030405060708090a0b0c0d0e0f',
  metadata: '4945544620534672616d65205747', plaintext: '64726166742d696574662d736672616d652d656e63',
};
const SEALED = {
  AES_128_CTR_HMAC_SHA256_80: '9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11',
  AES_128_CTR_HMAC_SHA256_64: '99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607',
  AES_128_CTR_HMAC_SHA256_32: '990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443',
  AES_128_GCM_SHA256_128: '9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb',
  AES_256_GCM_SHA512_128: '990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279',
};

const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');
const derive = async (suite, baseKey = FRAME.baseKey) =>
  FrameKey.derive(await crypto.subtle.importKey('raw', bytes(baseKey), 'HKDF', false, ['deriveBits']), FRAME.kid, SUITES[suite]);

test('Headers are encoded and decoded as in the RFC', () => {
  for (const [kid, ctr, encoded] of HEADERS) {
    assert.equal(hex(encodeHeader(kid, ctr)), encoded);
    assert.deepEqual(decodeHeader(bytes(`${encoded}abcd`)), { kid, ctr, size: encoded.length / 2 });
  }
});

test('A frame that ends within its header has none', () => {
  assert.equal(decodeHeader(new Uint8Array()), null);
  for (const [, , encoded] of HEADERS) assert.equal(decodeHeader(bytes(encoded.slice(0, -2))), null, encoded);
});

for (const [suite, expected] of Object.entries(SEALED)) {
  const header = encodeHeader(FRAME.kid, FRAME.ctr);
  const metadata = bytes(FRAME.metadata);

  test(`${suite} seals and opens as in the RFC`, async () => {
    const key = await derive(suite);
    const sealed = await key.seal(FRAME.ctr, header, bytes(FRAME.plaintext), metadata);
    assert.equal(hex(header) + hex(sealed), expected);
    assert.equal(hex(await key.open(FRAME.ctr, header, sealed, metadata)), FRAME.plaintext);
  });

  test(`${suite} opens nothing that was changed, cut, or sealed with another key or counter`, async () => {
    const key = await derive(suite);
    const sealed = bytes(expected.slice(2 * header.length));
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = sealed.slice();
      changed[i] ^= 1;
      assert.equal(await key.open(FRAME.ctr, header, changed, metadata), null, `byte ${i}`);
      assert.equal(await key.open(FRAME.ctr, header, sealed.slice(0, i), metadata), null, `${i} bytes`);
    }
    const otherHeader = encodeHeader(FRAME.kid + 1n, FRAME.ctr);
    assert.equal(await key.open(FRAME.ctr, otherHeader, sealed, metadata), null);
    assert.equal(await key.open(FRAME.ctr + 1n, header, sealed, metadata), null);
    assert.equal(await key.open(FRAME.ctr, header, sealed), null, 'without the metadata');
    const other = await derive(suite, FRAME.baseKey.replace('00', '01'));
    assert.equal(await other.open(FRAME.ctr, header, sealed, metadata), null);
  });

  test(`${suite} seals a frame of no bytes`, async () => {
    const key = await derive(suite);
    const sealed = await key.seal(FRAME.ctr, header, new Uint8Array());
    assert.equal((await key.open(FRAME.ctr, header, sealed)).length, 0);
  });
}
