// SPDX-License-Identifier: Apache-2.0
// A participant made of werift, WebRTC in TypeScript: publishes sound that ffmpeg encodes, listens on its slots, and prints as JSON what came.
// Usage: werift_peer.mjs SESSION_URL TOKEN SECONDS RTP_PORT    SECONDS count from the connection on.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, useSdesMid } from 'werift';

const [url, token, seconds, port] = process.argv.slice(2);
const SLOTS = 4;
const SENDER_REPORT = 200;
const authorization = { Authorization: `Bearer ${token}` };

/** Packets that ffmpeg makes of a tone, until `stop` is called. */
async function readTone(onPacket) {
  const socket = createSocket('udp4').bind(Number(port), '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', onPacket);
  const encoder = spawn('ffmpeg', ['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000', '-c:a', 'libopus', '-b:a', '32k',
    '-f', 'rtp', `rtp://127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  return () => { encoder.kill('SIGKILL'); socket.close(); };
}

const peer = new RTCPeerConnection({
  iceServers: [],
  iceUseIpv6: false,
  iceAdditionalHostAddresses: ['127.0.0.1'], // It leaves loopback out otherwise.
  codecs: { audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48000, channels: 2, payloadType: 111 })] },
  headerExtensions: { audio: [useSdesMid()] },
});
const result = { states: [], slots: [], senderReports: 0, reportsOfMicrophone: 0 };
const connected = new Promise((resolve) => {
  peer.connectionStateChange.subscribe((state) => {
    result.states.push(state);
    if (state === 'connected') resolve();
  });
});

const microphone = new MediaStreamTrack({ kind: 'audio' });
const { sender } = peer.addTransceiver(microphone, { direction: 'sendonly' });
/** What the server says of the microphone is in receiver reports, and in sender reports while it sends. */
const countReports = ({ reports = [] }) => { result.reportsOfMicrophone += reports.filter(({ ssrc }) => ssrc === sender.ssrc).length; };
sender.onRtcp.subscribe(countReports);
for (let i = 0; i < SLOTS; i += 1) {
  const transceiver = peer.addTransceiver('audio', { direction: 'recvonly' });
  const slot = { packets: 0 };
  result.slots.push(slot);
  transceiver.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(() => { slot.packets += 1; }));
  transceiver.receiver.onRtcp.subscribe((packet) => {
    result.senderReports += Number(packet.type === SENDER_REPORT);
    if (packet.type === SENDER_REPORT) countReports(packet);
  });
}
await peer.setLocalDescription(await peer.createOffer());

const answer = await fetch(url, { method: 'POST', headers: { ...authorization, 'Content-Type': 'application/sdp' }, body: peer.localDescription.sdp });
const sdp = await answer.text();
if (answer.status !== 201) throw new Error(`POST ${url}: ${answer.status} ${sdp}`);
await peer.setRemoteDescription({ type: 'answer', sdp });
await connected;
const stop = await readTone((packet) => microphone.writeRtp(packet));
await delay(1000 * Number(seconds));
stop();
const end = await fetch(new URL(answer.headers.get('location'), answer.url), { method: 'DELETE', headers: authorization });
if (!end.ok) throw new Error(`DELETE: ${end.status}`);
await peer.close();
process.stdout.write(JSON.stringify(result), () => process.exit()); // Timers of the library would keep it alive.
