// SPDX-License-Identifier: Apache-2.0
// A directory of a test whose disk stalls or fails on request, for a server that is started with `variables` (stall_disk.c).

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { scratch } from './scratch.mjs';

export class Disk {
  /** `name`: that of the directory. */
  constructor(t, name) {
    const outside = scratch(t, name);
    this.directory = join(outside, name);
    mkdirSync(this.directory);
    this.variables = {
      LD_PRELOAD: process.env.VECHE_STALL_DISK, STALL_DIRECTORY: this.directory,
      STALL_WHILE: join(outside, 'stall'), FAIL_WHILE: join(outside, 'fail'),
    };
  }

  stall() {
    writeFileSync(this.variables.STALL_WHILE, '');
  }

  /** `error` as in errno.h: ENOSPC, EIO, EACCES, ENOENT or EROFS. */
  fail(error) {
    writeFileSync(this.variables.FAIL_WHILE, error);
  }

  recover() {
    for (const file of [this.variables.STALL_WHILE, this.variables.FAIL_WHILE]) rmSync(file, { force: true });
  }
}
