// SPDX-License-Identifier: Apache-2.0
// Directories that last as long as a test.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { TEST_NUMBER } from './ports.mjs';

/** The environment of a browser whose audio keeps its files in this directory: PulseAudio otherwise leaves a folder behind. */
export const audioIn = (directory) => ({ ...process.env, XDG_RUNTIME_DIR: directory });

/** A new directory with the test's number in its name. It is removed with the test `t`. */
export function scratch(t, name = 'scratch') {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `veche-${name}-${TEST_NUMBER}-`)));
  atEnd(t, () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}
