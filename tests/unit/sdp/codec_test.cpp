// SPDX-License-Identifier: Apache-2.0
// Tests of what counts as Opus: the parameters of RFC 7587 and no others.
#include "sdp/codec.hpp"

#include <gtest/gtest.h>

namespace veche::sdp {
namespace {

TEST(SdpCodec, OpusIsWhatRfc7587Fixes) {
  const Codec codec = opus(111, "useinbandfec=1");
  EXPECT_EQ(codec.name, "opus");
  EXPECT_EQ(codec.clock_rate, 48000u);
  EXPECT_EQ(codec.channels, 2u);
  EXPECT_EQ(codec.payload_type, 111);
  EXPECT_EQ(codec.fmtp, "useinbandfec=1");
}

TEST(SdpCodec, IsWrittenAsAnRtpmapHasIt) {
  EXPECT_EQ(encoding(opus()), "opus/48000/2");
  EXPECT_EQ(encoding({.name = "vp8", .clock_rate = 90000}), "vp8/90000");
}

TEST(SdpCodec, OpusIsFoundInAnRtpmap) {
  struct Case {
    const char* value;
    int payload_type;  // 0: none.
  };
  const Case cases[] = {
      {"111 opus/48000/2", 111}, {"96 OPUS/48000/2", 96},  {"35 Opus/48000/2", 35},
      {"63 opus/48000/2", 63},   {"64 opus/48000/2", 0},   {"95 opus/48000/2", 0},
      {"34 opus/48000/2", 0},    {"128 opus/48000/2", 0},  {"111 opus/48000", 0},
      {"111 opus/48000/1", 0},   {"111 opus/48000/22", 0}, {"111 opus/16000/2", 0},
      {"111 PCMU/8000", 0},      {"x opus/48000/2", 0},    {"", 0},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(parse_opus_rtpmap(each.value).value_or(0), each.payload_type) << each.value;
  }
}

TEST(SdpCodec, KeepsTheParametersThatOpusKnows) {
  const char* cases[][2] = {
      {"minptime=10;useinbandfec=1", "minptime=10;useinbandfec=1"},
      {"stereo=1; sprop-stereo=0", "stereo=1;sprop-stereo=0"},
      {"stereo=1;stereo=0", "stereo=1"},
      {"stereo=x;evil=1;cbr=1", "cbr=1"},
      {"=;;;= ;usedtx", ""},
      {"", ""},
  };
  for (const auto& [offered, kept] : cases) EXPECT_EQ(opus_parameters(offered), kept) << offered;
}

}  // namespace
}  // namespace veche::sdp
