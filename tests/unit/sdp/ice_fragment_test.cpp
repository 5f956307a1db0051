// SPDX-License-Identifier: Apache-2.0
// Tests of the fragments of SDP that restart ICE.
#include "sdp/ice_fragment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kCredentials = "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n";
const std::string kSection = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n";
const std::string kHost = "a=candidate:1 1 udp 100 192.0.2.1 4000 typ host generation 0\r\n";

TEST(IceFragment, HasCredentialsAndUsableCandidates) {
  // As RFC 9725 section 4.3.3 has it, and as RFC 8840 section 9 allows.
  for (const std::string& text :
       {"a=group:BUNDLE 0 1\r\n" + kSection + kCredentials + kHost + "a=end-of-candidates\r\n",
        kCredentials + kSection + kHost, kCredentials + kSection + kCredentials + kHost,
        kSection + kHost + "m=audio 9 RTP/AVP 0\r\na=mid:1\r\n" + kCredentials}) {
    const auto ice = parse_ice_fragment(text);
    ASSERT_TRUE(ice.ok()) << ice.error().message << text;
    EXPECT_EQ(ice->ufrag, "ysXw");
    EXPECT_EQ(ice->password, "vw5LmwG4y/e6dPP/zAP9Gp5k");
    EXPECT_THAT(ice->candidates, ElementsAre("1 1 UDP 100 192.0.2.1 4000 typ host"));
  }
}

TEST(IceFragment, MayHaveNoCredentials) {
  for (const std::string& text : {std::string(), kSection, kSection + "a=end-of-candidates\n"}) {
    const auto ice = parse_ice_fragment(text);
    ASSERT_TRUE(ice.ok()) << ice.error().message;
    EXPECT_EQ(ice->ufrag, "");
    EXPECT_THAT(ice->candidates, IsEmpty());
  }
}

TEST(IceFragment, LeavesOutCandidatesBeyond64) {
  std::string text = kSection;
  for (int i = 0; i < 100; ++i) text += kHost;
  EXPECT_THAT(parse_ice_fragment(text)->candidates, SizeIs(64));
}

TEST(IceFragment, IsRefusedWithAReason) {
  const std::pair<std::string, std::string> cases[] = {
      {"hello", "line 1 of the fragment is not of the form"},
      {kSection + "a=\x01", "line 3 of the fragment holds a control character"},
      {"m=audio", "line 1 of the fragment is not m="},
      {"a=ice-ufrag:ysXw\r\n", "session level: a=ice-ufrag and a=ice-pwd must come together"},
      {kSection + "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k", "m-line 0 (audio): a=ice-ufrag and"},
      {"a=ice-ufrag:y\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k", "a=ice-ufrag must be 4 to 256"},
      {"a=ice-ufrag:ysXw\r\na=ice-pwd:short", "a=ice-pwd must be 22 to 256"},
      {kCredentials + kCredentials, "session level: more than one a=ice-ufrag"},
      {kCredentials + kSection + "a=ice-ufrag:ysXw\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5K",
       "m-line 0 (audio): a=ice-ufrag or a=ice-pwd differs"},
      {std::string(70'000, 'a'), "more than 65536 bytes"},
  };
  for (const auto& [text, reason] : cases) {
    const auto ice = parse_ice_fragment(text);
    ASSERT_FALSE(ice.ok()) << reason;
    EXPECT_EQ(ice.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(ice.error().message, HasSubstr(reason));
  }
}

TEST(IceFragment, OfTheServerIsForTheTag) {
  EXPECT_EQ(write_ice_fragment({"usr", "pw", {"candidate:1 1 UDP 1 192.0.2.9 4000 typ host"}},
                               {"mic", "ear"}),
            "a=ice-lite\r\na=group:BUNDLE mic ear\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
            "a=mid:mic\r\na=ice-ufrag:usr\r\na=ice-pwd:pw\r\n"
            "a=candidate:1 1 UDP 1 192.0.2.9 4000 typ host\r\na=end-of-candidates\r\n");
}

}  // namespace
}  // namespace veche::sdp
