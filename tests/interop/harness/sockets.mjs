// SPDX-License-Identifier: Apache-2.0
// The UDP sockets of a process, as the kernel lists them.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Inodes of the process' open sockets. */
function inodes(pid) {
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // Closed meanwhile.
    }
  });
  return new Set(descriptors.map((link) => link.match(/^socket:\[(\d+)\]$/)?.[1]).filter(Boolean));
}

/** Each with its port, and the number of datagrams that the kernel dropped because its buffer was full. */
export function udpSockets(pid) {
  const own = inodes(pid);
  const lines = ['udp', 'udp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1));
  return lines.map((line) => line.trim().split(/\s+/)).filter((fields) => own.has(fields[9]))
    .map((fields) => ({ port: parseInt(fields[1].split(':')[1], 16), dropped: Number(fields[12]) }));
}
