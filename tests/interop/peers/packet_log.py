# SPDX-License-Identifier: Apache-2.0
# The aiortc participant of aiortc_peer.py, which also writes down each RTP packet of its own and of its slots: a JSON array a line.
import json
import sys
import time

from aiortc import rtcdtlstransport, rtcrtpreceiver
from aiortc.rtp import RtpPacket, is_rtcp

import aiortc_peer


def write_down(log):
    """From now on `log` gets [direction, milliseconds since 1970, SSRC, sequence number, time stamp, payload in hex]."""
    receive = rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet
    send = rtcdtlstransport.RTCDtlsTransport._send_rtp

    def write(direction, packet):
        line = [direction, int(time.time() * 1000), packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload.hex()]
        log.write(json.dumps(line) + "\n")

    async def handle(self, packet, arrival_time_ms):
        write("in", packet)
        await receive(self, packet, arrival_time_ms)

    async def pass_on(self, data):
        if not is_rtcp(data):
            write("out", RtpPacket.parse(data))
        await send(self, data)

    rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet = handle
    rtcdtlstransport.RTCDtlsTransport._send_rtp = pass_on


def main():
    """The first argument is the log's file; the others are those of aiortc_peer.py."""
    path = sys.argv.pop(1)
    with open(path, "w", encoding="ascii", buffering=1) as log:
        write_down(log)
        aiortc_peer.main()


if __name__ == "__main__":
    main()
