// SPDX-License-Identifier: Apache-2.0
// Compiles a plugin of a test.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { environment } from './veche_server.mjs';

/** A plugin of these sources, against the headers of this tree. How the examples build by themselves is tested in tests/abi. */
export function build(t, name, compiler, sources, packages = []) {
  const directory = mkdtempSync(join(tmpdir(), 'veche-plugin-'));
  atEnd(t, () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, `${name}.so`);
  const flags = packages.length > 0 ? execFileSync('pkg-config', ['--cflags', '--libs', ...packages], { encoding: 'utf8' }).trim().split(/\s+/) : [];
  const standard = compiler === 'c++' ? '-std=c++20' : '-std=c11';
  execFileSync(compiler, [standard, '-O2', '-shared', '-fPIC', '-fvisibility=hidden', '-I', join(environment.source, 'core/include'),
    `-Wl,--version-script=${join(environment.source, 'plugins/veche-plugin.map')}`, '-o', file,
    ...sources.map((source) => join(environment.source, source)), ...flags]);
  return file;
}
export const buildCpp = (t, name, sources, packages) => build(t, name, 'c++', sources, packages);
