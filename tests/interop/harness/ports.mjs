// SPDX-License-Identifier: Apache-2.0
// The ports that a test may use. Each test has a number and a matching range, so that tests can run at the same time.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** meson.build counts the tests from 1; 0: a test run by hand. veche_server.py has the same ranges. */
export const TEST_NUMBER = Number(process.env.VECHE_TEST_NUMBER ?? 0);
const TCP = { first: 20000 + 100 * TEST_NUMBER, count: 100 };
const UDP = { first: 30000 + 200 * TEST_NUMBER, count: 200 };
const taken = { tcp: 0, udp: 0 };

async function listens(server, open) {
  try {
    open();
    await once(server, 'listening');
    return true;
  } catch {
    return false; // A program outside this suite has the port.
  } finally {
    await new Promise((resolve) => { server.close(resolve); }).catch(() => {});
  }
}

/** The next free TCP port of the test. */
export async function tcpPort(host = '127.0.0.1') {
  while (taken.tcp < TCP.count) {
    const port = TCP.first + taken.tcp;
    taken.tcp += 1;
    const probe = createServer();
    if (await listens(probe, () => probe.listen(port, host))) return port;
  }
  throw new Error(`test ${TEST_NUMBER} has used all of its ${TCP.count} TCP ports`);
}

/** The first and the last of the next `count` UDP ports of the test. A server skips ports that are not free. */
export function udpPorts(count) {
  if (taken.udp + count > UDP.count) taken.udp = 0; // The servers that used the first ones have ended.
  const first = UDP.first + taken.udp;
  taken.udp += count;
  return [first, first + count - 1];
}

/** The next free UDP port of the test. */
export async function udpPort(host = '127.0.0.1') {
  for (let tries = 0; tries < UDP.count; tries += 1) {
    const [port] = udpPorts(1);
    const probe = createSocket('udp4');
    if (await listens(probe, () => probe.bind(port, host))) return port;
  }
  throw new Error(`test ${TEST_NUMBER} has no free UDP port`);
}
