# SPDX-License-Identifier: Apache-2.0
# A participant made of webrtcbin that talks in chirps as an application would, and prints as JSON when it made them.
import argparse
import ctypes
import json
import time
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

from chirps import FRAME_SAMPLES, RATE, ChirpMicrophone  # noqa: E402

RTP = "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2"
# Low delay keeps Opus at CELT: with DTX it may take a chirp for speech, whose phases its SILK layer does not keep.
PIPELINE = (
    "appsrc name=microphone is-live=true format=time "
    f"caps=audio/x-raw,format=S16LE,rate={RATE},channels=1,layout=interleaved ! "
    "opusenc bitrate=24000 audio-type=restricted-lowdelay dtx={dtx} ! rtpopuspay name=pay pt=111 ! "
    f"{RTP} ! webrtcbin name=peer bundle-policy=max-bundle"
)
PATIENCE_S = 60  # As long as until() of harness/until.mjs.


def wait_until(what, check):
    end = time.monotonic() + PATIENCE_S
    while not check():
        if time.monotonic() > end:
            raise TimeoutError(f"after {PATIENCE_S} s it is still not true that {what}")
        time.sleep(0.01)


def stay_on_loopback(peer):
    """libnice leaves loopback out when it gathers, and says so only in C. What is returned must be kept as long as the peer:
    webrtcbin 1.22 holds no reference of its own to what Python takes for new."""
    ice = peer.props.ice_agent
    agent = ice.props.agent
    nice = ctypes.CDLL("libnice.so.10")
    nice.nice_address_new.restype = ctypes.c_void_p
    nice.nice_address_set_from_string.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    nice.nice_agent_add_local_address.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    nice.nice_address_free.argtypes = [ctypes.c_void_p]
    address = nice.nice_address_new()
    nice.nice_address_set_from_string(address, b"127.0.0.1")
    nice.nice_agent_add_local_address(hash(agent), address)  # The hash of a wrapper is its object's address.
    nice.nice_address_free(address)
    return [ice, agent]


class Talker:
    def __init__(self, options):
        self.options = options
        self.pipeline = Gst.parse_launch(PIPELINE.replace("{dtx}", str(options.dtx).lower()))
        self.peer = self.pipeline.get_by_name("peer")
        self.microphone = self.pipeline.get_by_name("microphone")
        self.packets = 0
        self.kept = stay_on_loopback(self.peer)
        transceiver = self.peer.emit("get-transceiver", 0)
        transceiver.props.direction = GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY
        transceiver.set_property("codec-preferences", Gst.Caps.from_string(RTP))
        self.pipeline.get_by_name("pay").get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, self.on_packet)
        self.pipeline.set_state(Gst.State.PLAYING)

    def on_packet(self, _pad, _info):
        """Loses one packet in `lose_every`, as a network would: after the packets are numbered."""
        self.packets += 1
        # Spread by the golden ratio: a regular loss would hit each chirp at the same place, or none.
        lost = self.options.lose_every and self.packets * 0.6180339887 % 1 * self.options.lose_every < 1
        return Gst.PadProbeReturn.DROP if lost else Gst.PadProbeReturn.OK

    def ask(self, name, *arguments):
        promise = Gst.Promise.new()
        self.peer.emit(name, *arguments, promise)
        promise.wait()
        reply = promise.get_reply()
        self.kept += [promise, reply]  # The reply's content lives within them.
        return reply

    def negotiate(self):
        offer = self.ask("create-offer", None).get_value("offer")
        self.ask("set-local-description", offer)
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        wait_until("candidates are gathered", lambda: self.peer.props.ice_gathering_state == complete)
        answer = self.post(self.peer.props.local_description.sdp.as_text())
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        self.ask("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp))
        connected = GstWebRTC.WebRTCPeerConnectionState.CONNECTED
        wait_until("it is connected", lambda: self.peer.props.connection_state == connected)
        self.pipeline.recalculate_latency()

    def post(self, offer):
        o = self.options
        url = f"{o.server}/v1/rooms/{o.room}/participants/{o.participant}/session"
        headers = {"Authorization": f"Bearer {o.token}", "Content-Type": "application/sdp"}
        with urllib.request.urlopen(urllib.request.Request(url, offer.encode(), headers)) as response:
            return response.read().decode()

    def talk(self):
        """A frame's time is that of its first sample; it is available when its last one was heard."""
        microphone = ChirpMicrophone(self.options.period_ms, self.options.phase_ms)
        begin = self.pipeline.get_clock().get_time() - self.pipeline.get_base_time()
        frames = int(self.options.seconds * RATE / FRAME_SAMPLES)
        for number in range(frames):
            time.sleep(max(0, microphone.due()))
            buffer = Gst.Buffer.new_wrapped(microphone.next().tobytes())
            buffer.pts = begin + number * FRAME_SAMPLES * Gst.SECOND // RATE
            buffer.duration = FRAME_SAMPLES * Gst.SECOND // RATE
            self.microphone.emit("push-buffer", buffer)
        return microphone.made

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def main():
    parser = argparse.ArgumentParser()
    for name in ("server", "room", "participant", "token"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--period-ms", type=int, default=2000)
    parser.add_argument("--phase-ms", type=int, default=0)
    parser.add_argument("--lose-every", type=int, default=0)
    parser.add_argument("--dtx", action="store_true")
    Gst.init(None)
    talker = Talker(parser.parse_args())
    try:
        talker.negotiate()
        made = talker.talk()
    finally:
        talker.close()
    print(json.dumps({"chirps": made}))


if __name__ == "__main__":
    main()
