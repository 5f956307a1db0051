# SPDX-License-Identifier: Apache-2.0
# A participant made of aiortc: publishes a tone, listens on its slots, and prints as JSON what it heard.
import argparse
import asyncio
import fractions
import json
import re
import urllib.error
import urllib.parse
import urllib.request

import aioice.ice
import av
import numpy
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket

SAMPLE_RATE = 48000
FRAME_SAMPLES = 960
AUDIBLE_RMS = 300
WAIT_S = 60


class Tone(MediaStreamTrack):
    """A sine in 20 ms frames, in real time."""

    kind = "audio"

    def __init__(self, frequency_hz):
        super().__init__()
        self.frequency_hz = frequency_hz
        self.position = 0
        self.start = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.start = self.start or loop.time()
        await asyncio.sleep(max(0, self.start + self.position / SAMPLE_RATE - loop.time()))
        times = (self.position + numpy.arange(FRAME_SAMPLES)) / SAMPLE_RATE
        samples = (8000 * numpy.sin(2 * numpy.pi * self.frequency_hz * times)).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self.position
        frame.time_base = fractions.Fraction(1, SAMPLE_RATE)
        self.position += FRAME_SAMPLES
        return frame


async def listen(track, heard):
    """Counts the frames of one slot until it ends."""
    try:
        while True:
            frame = await track.recv()
            samples = frame.to_ndarray().astype(numpy.float64)
            heard["frames"] += 1
            heard["audible_frames"] += int(numpy.sqrt(numpy.mean(samples**2)) > AUDIBLE_RMS)
    except MediaStreamError:
        pass


def request(method, url, token, body=None):
    headers = {"Authorization": f"Bearer {token}"}
    if body:
        headers["Content-Type"] = "application/sdp"
    data = body.encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as response:
        return response.headers, response.read().decode()


def flip_fingerprint(sdp):
    """Changes one digit of every a=fingerprint."""
    return re.sub(
        r"^(a=fingerprint:\S+ )([0-9A-F])",
        lambda match: match[1] + ("1" if match[2] == "0" else "0"),
        sdp,
        flags=re.MULTILINE,
    )


async def wait_for(condition):
    """Until it holds, or has not for too long."""
    for _ in range(int(WAIT_S / 0.02)):
        if condition():
            break
        await asyncio.sleep(0.02)


async def flood(peer, count):
    """Sends a packet with each of `count` SSRCs that no offer announced, encrypted like any other."""
    transport = peer.getTransceivers()[0].sender.transport
    for number in range(count):
        packet = RtpPacket(payload_type=96, sequence_number=number & 0xFFFF, ssrc=0x10000 + number, payload=b"x" * 20)
        try:
            await transport._send_rtp(packet.serialize())
        except ConnectionError:
            break  # The server has hung up, as it should.
        if number % 100 == 0:
            await asyncio.sleep(0.005)


async def run(options):
    # aiortc leaves loopback out when it gathers; most tests use nothing else.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [options.address]
    aioice.ice.CONSENT_INTERVAL = options.check_interval_s
    # An empty list, so that aiortc does not use its default STUN server.
    peer = RTCPeerConnection(RTCConfiguration([RTCIceServer(**server) for server in json.loads(options.ice_servers)]))
    heard = []
    listeners = []
    states = []

    @peer.on("connectionstatechange")
    def on_state():
        states.append(peer.connectionState)

    @peer.on("track")
    def on_track(track):
        heard.append({"frames": 0, "audible_frames": 0})
        listeners.append(asyncio.ensure_future(listen(track, heard[-1])))

    if not options.listen_only:
        peer.addTransceiver(Tone(options.tone_hz), direction="sendonly")
    for _ in range(options.slots):
        peer.addTransceiver("audio", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription.sdp
    if options.flip_fingerprint:
        offer = flip_fingerprint(offer)
    url = options.session_url or f"{options.server}/v1/rooms/{options.room}/participants/{options.participant}/session"
    try:
        headers, answer = await asyncio.to_thread(request, "POST", url, options.token, offer)
    except urllib.error.HTTPError as error:
        await peer.close()
        return {"status": error.code, "problem": error.read().decode()}
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    if not options.flip_fingerprint:
        await wait_for(lambda: peer.connectionState not in ("new", "connecting"))
    if options.await_sound:
        await wait_for(lambda: any(slot["audible_frames"] for slot in heard))
    if options.flood_ssrcs:
        await flood(peer, options.flood_ssrcs)
    await asyncio.sleep(options.seconds)
    result = {"status": 201, "states": list(states), "slots": heard}
    await peer.close()
    for listener in listeners:
        listener.cancel()  # The tracks of a connection that was never established do not end.
    await asyncio.gather(*listeners, return_exceptions=True)
    if "connected" in states and not options.flip_fingerprint and not options.flood_ssrcs:
        await asyncio.to_thread(request, "DELETE", urllib.parse.urljoin(url, headers["Location"]), options.token)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--room", required=True)
    parser.add_argument("--participant", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, default=5, help="in the room, once it is connected")
    parser.add_argument("--await-sound", action="store_true", help="counts its seconds from when it hears somebody")
    parser.add_argument("--tone-hz", type=float, default=440)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--flip-fingerprint", action="store_true")
    parser.add_argument("--listen-only", action="store_true")
    parser.add_argument("--flood-ssrcs", type=int, default=0)
    parser.add_argument("--check-interval-s", type=float, default=aioice.ice.CONSENT_INTERVAL, help="between its checks of the connection, up to a fifth more or less")
    parser.add_argument("--address", default="127.0.0.1", help="the local address to gather")
    parser.add_argument("--session-url", help="where to post the offer, if not to the server itself")
    parser.add_argument("--ice-servers", default="[]", help="as an invitation has them")
    print(json.dumps(asyncio.run(run(parser.parse_args()))))


if __name__ == "__main__":
    main()
