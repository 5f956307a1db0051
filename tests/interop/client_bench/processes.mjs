// SPDX-License-Identifier: Apache-2.0
// CPU time and memory of a browser's processes, as the kernel counts them.

import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in these. */
const TICK_MS = 10;
const KINDS = [
  ['audio', 'audio.mojom.AudioService'],
  ['network', 'network.mojom.NetworkService'],
  ['renderer', '--type=renderer'],
];
/** What figures are kept of; `other`: the browser's main process, and those for graphics and storage. */
export const PARTS = ['renderer', 'audio', 'network', 'other'];

/** The text, or '' of a process that has just ended. */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Fields of /proc/PID/stat from the third on: the second, a name in parentheses, may contain anything. */
const statOf = (pid) => read(pid, 'stat').replace(/^.*\) /s, '').split(' ');
const allPids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes of this program whose command line has this word, such as browsers that it started. */
export function childrenWith(word) {
  return allPids().filter((pid) => statOf(pid)[1] === String(process.pid) && read(pid, 'cmdline').includes(word));
}

export class BrowserProcesses {
  #root;

  /** `root`: the browser's main process. */
  constructor(root) {
    this.#root = root;
  }

  /** What the processes did since `before`, which is an earlier result: {part: share of a core}. Without it only the counts. */
  look(before) {
    const now = { atMs: performance.now(), cpuMs: this.#sum((pid) => this.#cpuMs(pid)) };
    if (!before) return now;
    const shares = Object.fromEntries(PARTS.map((part) => [part, (now.cpuMs[part] - before.cpuMs[part]) / (now.atMs - before.atMs)]));
    return { ...now, shares };
  }

  /** The memory of all processes in MB, in which what several share counts once. */
  memoryMb() {
    const kilobytes = this.#sum((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0));
    return Object.values(kilobytes).reduce((sum, each) => sum + each, 0) / 1024;
  }

  #cpuMs(pid) {
    const [user, system] = statOf(pid).slice(11, 13).map(Number);
    return TICK_MS * ((user || 0) + (system || 0));
  }

  /** The sum of `figure` over the processes of each part. */
  #sum(figure) {
    const sums = Object.fromEntries(PARTS.map((part) => [part, 0]));
    for (const pid of this.#pids()) {
      const line = read(pid, 'cmdline');
      const [part] = KINDS.find(([, word]) => line.includes(word)) ?? ['other'];
      sums[part] += figure(pid);
    }
    return sums;
  }

  #pids() {
    const parents = new Map(allPids().map((pid) => [pid, statOf(pid)[1]]));
    const isOurs = (pid) => pid === this.#root || (parents.has(pid) && isOurs(parents.get(pid)));
    return [...parents.keys()].filter(isOurs);
  }
}
