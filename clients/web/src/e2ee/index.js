// SPDX-License-Identifier: Apache-2.0
// Everything that a page may import from @veche/client/e2ee.

export { SUITES } from './cipher_suites.js';
export { Encryption, isEncryptionSupported } from './encryption.js';
