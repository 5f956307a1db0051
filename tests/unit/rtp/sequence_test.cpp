// SPDX-License-Identifier: Apache-2.0
// SequenceExtender: continues past 65535, in any order of arrival.
#include "rtp/sequence.hpp"

#include <gtest/gtest.h>

namespace veche::rtp {
namespace {

TEST(RtpSequenceExtender, CountsOnAfterWrapping) {
  struct Step {
    uint16_t sequence;
    uint32_t expected;
  };
  const Step steps[] = {
      {65534, 0x1fffe}, {65535, 0x1ffff}, {0, 0x20000},     {2, 0x20002}, {1, 0x20001},
      {65535, 0x1ffff}, {3, 0x20003},     {32000, 0x27d00}, {4, 0x20004}, {60000, 0x2ea60},
  };
  SequenceExtender extender;
  for (const Step& step : steps) EXPECT_EQ(extender.extend(step.sequence), step.expected);
}

TEST(RtpSequenceExtender, PlacesAnEarlierFirstPacketBeforeTheFirst) {
  SequenceExtender extender;
  EXPECT_EQ(extender.extend(0), 0x10000u);
  EXPECT_EQ(extender.extend(65535), 0xffffu);
}

}  // namespace
}  // namespace veche::rtp
