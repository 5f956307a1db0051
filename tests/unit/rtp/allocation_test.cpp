// SPDX-License-Identifier: Apache-2.0
// The packet path allocates nothing after the constructors.
#include <gtest/gtest.h>

#include <array>

#include "../allocations.hpp"
#include "packet_builder.hpp"
#include "rtp/history.hpp"
#include "rtp/rewriter.hpp"

namespace veche::rtp {
namespace {

using veche::test::allocations;

TEST(RtpPacketPath, AllocatesNothing) {
  const auto bytes =
      test::build({.extension_profile = 0xBEDE, .extensions = {0x10, 0x20, 0x40, '0'}});
  Rewriter rewriter({.mid_extension = 4, .audio_level_extension = 1, .mid = std::string(40, 'm')},
                    0, 0);
  History history(3);
  std::array<uint8_t, 200> out{};
  const int before = allocations();
  size_t written = 0;
  for (int i = 0; i < 10; ++i) {
    const auto packet = PacketView::parse(bytes);
    history.push(*packet, i);
    rewriter.switch_source();
    written += rewriter.write(*packet, 1, packet->audio_level(1), i, out)->bytes().size();
    written += packet->mid(4)->size() + history.at(0).packet.bytes().size();
    rewriter.skip(*packet);
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(written, 0u);
}

}  // namespace
}  // namespace veche::rtp
