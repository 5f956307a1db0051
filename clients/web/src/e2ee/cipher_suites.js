// SPDX-License-Identifier: Apache-2.0
// The cipher suites of SFrame (RFC 9605 section 4.4 and 4.5) on WebCrypto: derives the key of a KID, encrypts and decrypts with it.

import { bigEndian, concatenated } from './bytes.js';

/** @typedef {import('./bytes.js').Bytes} Bytes */

/** By their names in the registry of IANA. */
export const SUITES = Object.freeze({
  AES_128_CTR_HMAC_SHA256_80: 1,
  AES_128_CTR_HMAC_SHA256_64: 2,
  AES_128_CTR_HMAC_SHA256_32: 3,
  AES_128_GCM_SHA256_128: 4,
  AES_256_GCM_SHA512_128: 5,
});

const AES_128_BYTES = 16;
const HMAC_BYTES = 32;
const NONCE_BYTES = 12;
const COUNTER_BITS = 32; // Of AES-CTR: the last four bytes of its block count the blocks of a frame.
const NO_METADATA = new Uint8Array();

/** @param {Bytes} salt @param {bigint} ctr */
function nonceOf(salt, ctr) {
  const counter = bigEndian(ctr, salt.length);
  return salt.map((byte, i) => byte ^ counter[i]);
}

/** In a time that does not depend on what is equal. @param {Uint8Array} one @param {Uint8Array} other */
function areEqual(one, other) {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i += 1) difference |= one[i] ^ other[i];
  return difference === 0;
}

/** AES-GCM. */
class GcmCipher {
  /** @param {CryptoKey} key */
  constructor(key) {
    this.key = key;
  }

  /** @param {Bytes} material */
  static async create(material) {
    return new GcmCipher(await crypto.subtle.importKey('raw', material, 'AES-GCM', false, ['encrypt', 'decrypt']));
  }

  /** @param {Bytes} iv @param {Bytes} additionalData @param {Bytes} plaintext */
  async seal(iv, additionalData, plaintext) {
    return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, this.key, plaintext));
  }

  /** @param {Bytes} iv @param {Bytes} additionalData @param {Bytes} sealed */
  async open(iv, additionalData, sealed) {
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, this.key, sealed));
    } catch {
      return null; // WebCrypto says no more than that.
    }
  }
}

/** AES-CTR with HMAC, of which only the first bytes are sent (section 4.5.1). */
class CtrHmacCipher {
  /** @param {CryptoKey} key @param {CryptoKey} authentication @param {number} tagBytes */
  constructor(key, authentication, tagBytes) {
    this.key = key;
    this.authentication = authentication;
    this.tagBytes = tagBytes;
  }

  /** @param {Bytes} material @param {number} tagBytes */
  static async create(material, tagBytes) {
    const [forAes, forHmac] = [material.slice(0, AES_128_BYTES), material.slice(AES_128_BYTES)];
    return new CtrHmacCipher(
      await crypto.subtle.importKey('raw', forAes, 'AES-CTR', false, ['encrypt']),
      await crypto.subtle.importKey('raw', forHmac, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
      tagBytes,
    );
  }

  /** @param {Bytes} nonce @param {Bytes} aad @param {Bytes} plaintext */
  async seal(nonce, aad, plaintext) {
    const encrypted = await this.#crypt(nonce, plaintext);
    return concatenated(encrypted, await this.#tag(nonce, aad, encrypted));
  }

  /** @param {Bytes} nonce @param {Bytes} aad @param {Bytes} sealed */
  async open(nonce, aad, sealed) {
    const size = sealed.length - this.tagBytes;
    if (size < 0) return null;
    const encrypted = sealed.slice(0, size);
    if (!areEqual(sealed.subarray(size), await this.#tag(nonce, aad, encrypted))) return null;
    return this.#crypt(nonce, encrypted);
  }

  /** Both ways, because it is a key stream. @param {Bytes} nonce @param {Bytes} text */
  async #crypt(nonce, text) {
    const counter = concatenated(nonce, new Uint8Array(COUNTER_BITS / 8));
    return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CTR', counter, length: COUNTER_BITS }, this.key, text));
  }

  /** @param {Bytes} nonce @param {Bytes} aad @param {Bytes} encrypted */
  async #tag(nonce, aad, encrypted) {
    const sizes = [aad.length, encrypted.length, this.tagBytes].map((size) => bigEndian(BigInt(size), 8));
    const whole = await crypto.subtle.sign('HMAC', this.authentication, concatenated(...sizes, nonce, aad, encrypted));
    return new Uint8Array(whole, 0, this.tagBytes);
  }
}

/** @typedef {{hash: string, keyBytes: number, create: (material: Bytes) => Promise<GcmCipher | CtrHmacCipher>}} Suite */

/** @param {number} tagBytes @returns {Suite} */
const ctrHmac = (tagBytes) => ({
  hash: 'SHA-256', keyBytes: AES_128_BYTES + HMAC_BYTES, create: (material) => CtrHmacCipher.create(material, tagBytes) });
/** @param {string} hash @param {number} keyBytes @returns {Suite} */
const gcm = (hash, keyBytes) => ({ hash, keyBytes, create: GcmCipher.create });
/** @type {Record<number, Suite>} */
const BY_NUMBER = { 1: ctrHmac(10), 2: ctrHmac(8), 3: ctrHmac(4), 4: gcm('SHA-256', 16), 5: gcm('SHA-512', 32) };

/** What encrypts and decrypts frames of one KID (section 4.4.2). */
export class FrameKey {
  #cipher;
  #salt;

  /** Use `derive`. @param {GcmCipher | CtrHmacCipher} cipher @param {Bytes} salt */
  constructor(cipher, salt) {
    this.#cipher = cipher;
    this.#salt = salt;
  }

  /** `baseKey` is of HKDF, for `deriveBits`; `suite` one of SUITES. @param {CryptoKey} baseKey @param {bigint} kid @param {number} suite */
  static async derive(baseKey, kid, suite) {
    const { hash, keyBytes, create } = BY_NUMBER[suite];
    const context = concatenated(bigEndian(kid, 8), bigEndian(BigInt(suite), 2));
    /** @param {string} label @param {number} size */
    const expand = async (label, size) => {
      const info = concatenated(new TextEncoder().encode(`SFrame 1.0 Secret ${label} `), context);
      return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash, salt: new Uint8Array(), info }, baseKey, 8 * size));
    };
    const [key, salt] = await Promise.all([expand('key', keyBytes), expand('salt', NONCE_BYTES)]);
    return new FrameKey(await create(key), salt);
  }

  /**
   * The frame behind its header. Never twice with one counter.
   * @param {bigint} ctr @param {Bytes} header @param {Bytes} plaintext @param {Bytes} [metadata]
   */
  seal(ctr, header, plaintext, metadata = NO_METADATA) {
    return this.#cipher.seal(nonceOf(this.#salt, ctr), concatenated(header, metadata), plaintext);
  }

  /**
   * The plaintext; null if it was sealed with another key, or changed.
   * @param {bigint} ctr @param {Bytes} header @param {Bytes} sealed @param {Bytes} [metadata]
   */
  open(ctr, header, sealed, metadata = NO_METADATA) {
    return this.#cipher.open(nonceOf(this.#salt, ctr), concatenated(header, metadata), sealed);
  }
}
