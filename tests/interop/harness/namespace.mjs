// SPDX-License-Identifier: Apache-2.0
// A second host on this machine: a network namespace with its own links to this one. Everything is removed with the test.

import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';

import { atEnd } from './cleanup.mjs';
import { TEST_NUMBER } from './ports.mjs';

const MOST_LINKS = 4;
let net;
let made = 0; // By this test. Names and networks are numbered, so that tests and their parts can run at the same time.

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });

/** The reason why no namespace with links can be made here (it needs root), or null. */
export function namespaceProblem() {
  const name = `veche-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
  } catch (error) {
    return `no network namespace can be made: ${(error.stderr || error.message).trim()}`;
  }
  try {
    ip('-n', name, 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other');
    ip('netns', 'exec', name, 'true');
    return null;
  } catch (error) {
    return `no links can be made in a network namespace: ${(error.stderr || error.message).trim()}`;
  } finally {
    ip('netns', 'delete', name);
  }
}

/** The test's own 10.x, or the next one if another run of the suite uses it. */
function freeNet() {
  const used = Object.values(networkInterfaces()).flat().map(({ address }) => address);
  const nets = [64, 124, 184].map((first) => `10.${first + TEST_NUMBER}`);
  return nets.find((each) => !used.some((address) => address.startsWith(`${each}.`))) ?? nets[0];
}

/** `prefix` runs a program inside. Each of `links` has the address inside, `local`, and the one at this end, `remote`. */
export class Namespace {
  links = [];
  #number = made++;
  #name = `veche-${TEST_NUMBER}-${process.pid}-${this.#number}`;

  constructor(t, links) {
    ip('netns', 'add', this.#name);
    atEnd(t, () => ip('netns', 'delete', this.#name)); // This removes the links too.
    this.prefix = ['ip', 'netns', 'exec', this.#name];
    ip('-n', this.#name, 'link', 'set', 'lo', 'up');
    net ??= freeNet();
    for (let i = 0; i < links; i += 1) {
      this.#addLink(`${net}.${MOST_LINKS * this.#number + i}`, `v${process.pid}.${this.#number}.${i}`, `link${i}`);
    }
  }

  #addLink(net, outer, inner) {
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', this.#name);
    for (const [end, link, address] of [[[], outer, 1], [['-n', this.#name], inner, 2]]) {
      // Without an address of IPv6, which would come seconds later: what Chromium requests at that moment fails, and until the kernel has
      // tried the address out, it tells no page of the interface.
      ip(...end, 'link', 'set', link, 'addrgenmode', 'none');
      ip(...end, 'address', 'add', `${net}.${address}/24`, 'dev', link);
      ip(...end, 'link', 'set', link, 'up');
    }
    this.links.push({ inner, local: `${net}.2`, remote: `${net}.1` });
  }

  /** As if that network were switched off inside. */
  takeDown({ inner }) {
    ip('-n', this.#name, 'link', 'set', inner, 'down');
  }

  /** As if it were switched on again. */
  bringUp({ inner }) {
    ip('-n', this.#name, 'link', 'set', inner, 'up');
  }
}
