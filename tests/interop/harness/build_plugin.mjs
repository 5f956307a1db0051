// SPDX-License-Identifier: Apache-2.0
// Compiles a test's plugin.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { scratch } from './scratch.mjs';
import { environment } from './veche_server.mjs';

const execute = promisify(execFile);

/** A plugin of these sources, against the headers of this tree. tests/abi tests how the examples build outside the tree. */
export async function build(t, name, compiler, sources, packages = []) {
  const file = join(scratch(t, 'plugin'), `${name}.so`);
  const flags = packages.length > 0 ? (await execute('pkg-config', ['--cflags', '--libs', ...packages])).stdout.trim().split(/\s+/) : [];
  const standard = compiler === 'c++' ? '-std=c++20' : '-std=c11';
  await execute(compiler, [standard, '-O2', '-shared', '-fPIC', '-fvisibility=hidden', '-I', join(environment.source, 'core/include'),
    `-Wl,--version-script=${join(environment.source, 'plugins/veche-plugin.map')}`, '-o', file,
    ...sources.map((source) => join(environment.source, source)), ...flags]);
  return file;
}
export const buildCpp = (t, name, sources, packages) => build(t, name, 'c++', sources, packages);
