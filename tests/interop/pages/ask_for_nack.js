// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: its offers ask for retransmission of voice, which browsers do not do by themselves.

(() => {
  const { setLocalDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setLocalDescription = async function (description) {
    const { type, sdp } = description ?? (await this.createOffer());
    const asking = sdp.replace(/^a=rtpmap:(\d+) opus\/.*\r\n/gim, (rtpmap, payloadType) => `${rtpmap}a=rtcp-fb:${payloadType} nack\r\n`);
    return setLocalDescription.call(this, { type, sdp: asking });
  };
})();
