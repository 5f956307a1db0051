// SPDX-License-Identifier: Apache-2.0
// Padding that a path may send in the slots of its session.
#include "switchboard_fixture.hpp"

namespace veche::media {
namespace {

class PaddingTest : public SwitchboardTest {
 protected:
  static rtp::PacketView view_of(const std::vector<uint8_t>& packet) {
    return *rtp::PacketView::parse(packet);
  }
  std::vector<uint8_t> memory_ = std::vector<uint8_t>(200);
};

TEST_F(PaddingTest, ContinuesTheStreamOfASlotThatHasSent) {
  Listener& listener = add_listener(2);
  ASSERT_TRUE(listener.path.padding);
  EXPECT_FALSE(listener.path.padding->write_padding(1, memory_)) << "it has sent nothing";
  const auto feed = add_track();
  fill(listener, 1, feed->id);
  forward(*feed, 1);
  forward(*feed, 2);
  const auto padding = listener.path.padding->write_padding(1, memory_);
  ASSERT_TRUE(padding);
  forward(*feed, 3);
  ASSERT_EQ(listener.path.sent.size(), 3u);
  const auto second = view_of(listener.path.sent[1]), third = view_of(listener.path.sent[2]);
  EXPECT_EQ(padding->ssrc(), 201u);
  EXPECT_EQ(padding->sequence(), static_cast<uint16_t>(second.sequence() + 1));
  EXPECT_EQ(padding->timestamp(), second.timestamp());
  EXPECT_EQ(rtp::test::csrc_of(*padding), 4711u) << "the participant who speaks";
  EXPECT_TRUE(padding->payload().empty());
  EXPECT_EQ(third.sequence(), static_cast<uint16_t>(second.sequence() + 2));
  EXPECT_FALSE(listener.path.padding->write_padding(0, memory_)) << "the other slot is silent";
}

TEST_F(PaddingTest, EndsWhenTheSessionLeavesTheLane) {
  Listener& listener = add_listener();
  EXPECT_TRUE(listener.path.padding);
  const auto removed = board_.remove_session(listener.id);
  EXPECT_FALSE(listener.path.padding);
}

}  // namespace
}  // namespace veche::media
