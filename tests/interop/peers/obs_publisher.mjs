// SPDX-License-Identifier: Apache-2.0
// A publisher like OBS: an offer of audio and video by libdatachannel, posted by WHIP, and sound that ffmpeg encodes. It ends with SIGINT.
// Usage: obs_publisher.mjs URL TOKEN LOCAL_ADDRESS RTP_PORT

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { Audio, PeerConnection, Video } from 'node-datachannel';

const [url, token, bindAddress, port] = process.argv.slice(2);
const AUDIO = { ssrc: 1234, payload: 111 };
const VIDEO = { ssrc: 1235, payload: 96 };
const authorization = { Authorization: `Bearer ${token}` };

const peer = new PeerConnection('obs', { iceServers: [], disableAutoNegotiation: true, bindAddress });
const states = [];
let wake = () => {};
const note = (state) => { states.push(state); wake(); };
const reached = async (state) => { while (!states.includes(state)) await new Promise((resolve) => { wake = resolve; }); };
peer.onGatheringStateChange(note);
peer.onStateChange(note);

// As plugins/obs-webrtc/whip-output.cpp of OBS has it.
const audio = new Audio('0', 'SendOnly');
audio.addOpusCodec(AUDIO.payload);
audio.addSSRC(AUDIO.ssrc, 'obs', 'stream', 'stream-audio');
const track = peer.addTrack(audio);
const video = new Video('1', 'SendOnly');
video.addH264Codec(VIDEO.payload);
video.addSSRC(VIDEO.ssrc, 'obs', 'stream', 'stream-video');
peer.addTrack(video);
peer.setLocalDescription('offer');
await reached('complete');

const answer = await fetch(url, {
  method: 'POST', headers: { ...authorization, 'Content-Type': 'application/sdp' }, body: peer.localDescription().sdp });
if (answer.status !== 201) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`);
const session = new URL(answer.headers.get('location'), answer.url);
peer.setRemoteDescription(await answer.text(), 'answer');
await reached('connected');

const packets = createSocket('udp4').bind(Number(port), '127.0.0.1');
await once(packets, 'listening');
packets.on('message', (packet) => { if (track.isOpen()) track.sendMessageBinary(packet); });
const encoder = spawn('ffmpeg', [
  '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000', '-c:a', 'libopus', '-b:a', '64k',
  '-payload_type', AUDIO.payload, '-ssrc', AUDIO.ssrc, '-f', 'rtp', `rtp://127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });

await once(process, 'SIGINT');
encoder.kill('SIGKILL');
packets.close();
const end = await fetch(session, { method: 'DELETE', headers: authorization });
if (!end.ok) throw new Error(`DELETE ${session}: ${end.status}`);
peer.close();
await reached('closed');
process.exit(); // The clean-up of the library's binding may crash.
