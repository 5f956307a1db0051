// SPDX-License-Identifier: Apache-2.0
// Put into a page before its own scripts: its offers do not ask for retransmission of voice, like those of a browser by itself.

(() => {
  const { setLocalDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setLocalDescription = async function (description) {
    const { type, sdp } = description ?? (await this.createOffer());
    return setLocalDescription.call(this, { type, sdp: sdp.replace(/^a=rtcp-fb:\d+ nack\r\n/gim, '') });
  };
})();
