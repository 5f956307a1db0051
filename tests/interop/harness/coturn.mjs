// SPDX-License-Identifier: Apache-2.0
// A test's own TURN server: Debian's coturn with the configuration of docs/operations.md, apart from addresses and secrets.

import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';

import { atEnd } from './cleanup.mjs';
import { tcpPort, udpPorts } from './ports.mjs';
import { scratch } from './scratch.mjs';
import { until } from './until.mjs';
import { environment } from './veche_server.mjs';

const TURNSERVER = process.env.TURNSERVER_BIN ?? '/usr/bin/turnserver';
const EXAMPLE = /<!-- file: turnserver\.conf -->\n```[a-z]*\n([^]*?)```/;

/** The reason why no TURN server can run here, or null. */
export function coturnProblem() {
  try {
    accessSync(TURNSERVER);
    return null;
  } catch {
    return `there is no ${TURNSERVER}: install Debian's coturn`;
  }
}

/** The documented configuration with other values for some of its keys. A key that it lacks is an error. */
function configuration(values) {
  let text = readFileSync(join(environment.source, 'docs/operations.md'), 'utf8').match(EXAMPLE)[1];
  for (const [key, value] of Object.entries(values)) {
    const line = new RegExp(`^${key}=.*$`, 'm');
    if (!line.test(text)) throw new Error(`the example of docs/operations.md has no ${key}`);
    text = text.replace(line, `${key}=${value}`);
  }
  return text.replace(/^syslog$/m, 'log-file=stdout');
}

const accepts = (host, port) => new Promise((resolve) => {
  const socket = createConnection({ host, port }, () => resolve(true)).on('error', () => resolve(false));
  socket.on('connect', () => socket.destroy());
});

export class Coturn {
  /** The secret that it shares with the media server. */
  secret = randomBytes(16).toString('hex');

  /** Listens and relays on `address`, only towards `peer`. Ends with the test `t`. */
  static async start(t, { address, peer }) {
    const turn = new Coturn();
    const directory = scratch(t, 'turn');
    const [port, tlsPort] = [await tcpPort(address), await tcpPort(address)];
    const [firstRelayed, lastRelayed] = udpPorts(20);
    Object.assign(turn, { address, port, tlsPort, certificate: join(directory, 'certificate.pem') });
    const key = join(directory, 'key.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=turn',
      '-addext', `subjectAltName=IP:${address}`, '-keyout', key, '-out', turn.certificate], { stdio: 'ignore' });
    const file = join(directory, 'turnserver.conf');
    writeFileSync(file, configuration({
      'listening-ip': address, 'relay-ip': address, 'listening-port': port, 'tls-listening-port': tlsPort,
      'min-port': firstRelayed, 'max-port': lastRelayed,
      'static-auth-secret': turn.secret, 'allowed-peer-ip': peer, cert: turn.certificate, pkey: key,
    }));
    turn.log = '';
    const server = spawn(TURNSERVER, ['-c', file, '--pidfile', join(directory, 'pid'), '--userdb', join(directory, 'db')], { cwd: directory });
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text) => { turn.log += text; });
    atEnd(t, async () => {
      if (server.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit');
      if (process.env.VECHE_SHOW_LOG) process.stderr.write(turn.log);
    });
    await until('coturn listens', () => {
      if (server.exitCode !== null) throw new Error(`coturn ended:\n${turn.log}`);
      return accepts(address, turn.tlsPort);
    });
    return turn;
  }

  /** Its entry in media.ice_servers. `transport` is udp, tcp or tls. */
  server(transport, secret = this.secret) {
    const url = transport === 'tls' ? `turns:${this.address}:${this.tlsPort}?transport=tcp` : `turn:${this.address}:${this.port}?transport=${transport}`;
    return { urls: [url], secret };
  }

  /** Credentials as the media server makes them, with a lifetime of the caller's choice. */
  credentials(name, expiresAtS) {
    const username = `${expiresAtS}:${name}`;
    return { username, credential: createHmac('sha1', this.secret).update(username).digest('base64') };
  }
}
