// SPDX-License-Identifier: Apache-2.0
// What a client reads from an answer.
#include "client_sdp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace veche::load {
namespace {

const std::string kOffer =
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:audio0\r\na=sendonly\r\n"
    "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:audio1\r\na=recvonly\r\n";

TEST(LoadClientSdp, UsesTheExtensionsThatTheAnswerAccepted) {
  const std::string answer =
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:audio0\r\n"
      "a=extmap:1/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
      "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=extmap:3 transport-cc\r\n";
  const TalkerFormat format = negotiated_format(42, kOffer, answer);
  EXPECT_EQ(format.ssrc, 42u);
  EXPECT_EQ(format.payload_type, 111);
  EXPECT_EQ(format.audio_level_extension, 1);
  EXPECT_EQ(format.mid_extension, 4);
  EXPECT_EQ(format.mid, "audio0");
  EXPECT_EQ(format.transport_cc_extension, 0);
  EXPECT_EQ(negotiated_slot_transport_cc(answer), 3);
}

TEST(LoadClientSdp, UsesNoExtensionThatTheAnswerLeftOut) {
  const std::string answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=extmap:14 something\r\n";
  const TalkerFormat format = negotiated_format(42, kOffer, answer);
  EXPECT_EQ(format.audio_level_extension, 0);
  EXPECT_EQ(format.mid_extension, 0);
  EXPECT_EQ(negotiated_format(42, kOffer, "").audio_level_extension, 0);
  EXPECT_EQ(negotiated_slot_transport_cc(answer), 0);
  EXPECT_EQ(negotiated_slot_transport_cc(""), 0);
}

}  // namespace
}  // namespace veche::load
