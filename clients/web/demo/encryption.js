// SPDX-License-Identifier: Apache-2.0
// End-to-end encryption with a passphrase that people tell each other: of the room's name and the passphrase everybody gets the same key.

import { Encryption, isEncryptionSupported } from '../src/e2ee/index.js';
import { $ } from './dom.js';

/** Shows the field for the passphrase, where this browser can encrypt. */
export function offerEncryption() {
  $('encryption').hidden = !isEncryptionSupported();
}

/** null: there is no passphrase. Its owner closes it. */
export async function encryptionFor(room, passphrase) {
  if (!passphrase) return null;
  const encryption = new Encryption({ salt: room });
  try {
    await encryption.setKey(null, passphrase);
  } catch (error) {
    encryption.close();
    throw error;
  }
  return encryption;
}
