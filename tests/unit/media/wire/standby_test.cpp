// SPDX-License-Identifier: Apache-2.0
// webrtcbins that wait for an offer: how many, and that they answer one as others do.
#include "media/wire/standby.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "base/time.hpp"

namespace veche::media {
namespace {

class StandbyTest : public testing::Test {
 protected:
  StandbyTest() { gst_init(nullptr, nullptr); }

  static bool wait_for(const Standby& standby, size_t count) {
    const int64_t end_ns = monotonic_ns() + 20 * kNsPerS;
    while (standby.waiting() != count && monotonic_ns() < end_ns) std::this_thread::yield();
    return standby.waiting() == count;
  }
};

TEST_F(StandbyTest, WarmsUpWithoutLeavingAnythingBehind) {
  Standby standby(2);
  const Status warm = warm_up(standby);
  EXPECT_TRUE(warm) << warm.error().message;
  EXPECT_EQ(standby.waiting(), 0u) << "nobody has asked for more";
}

TEST_F(StandbyTest, ReplacesWhatIsTakenAndNoMore) {
  Standby standby(2);
  standby.fill();
  ASSERT_TRUE(wait_for(standby, 2));
  standby.fill();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(standby.take());
  EXPECT_TRUE(wait_for(standby, 2));
}

TEST_F(StandbyTest, MakesOneWhereNoneWaits) {
  Standby none(0);
  none.fill();
  for (int i = 0; i < 3; ++i) {
    const auto peer = none.take();
    ASSERT_TRUE(peer) << peer.error().message;
    EXPECT_NE(peer->webrtc, nullptr);
  }
  EXPECT_EQ(none.waiting(), 0u);
}

TEST_F(StandbyTest, HandsOutOnesThatTellTheirNewOwnerWhatFails) {
  Standby standby(1);
  standby.fill();
  ASSERT_TRUE(wait_for(standby, 1));
  auto peer = standby.take();
  ASSERT_TRUE(peer);
  std::string told;
  peer->webrtc->serve({[](glib::PeerState) {}, [&](const std::string& what) { told = what; }, {}});
  EXPECT_FALSE(peer->webrtc->has_failed());
  GST_ELEMENT_ERROR(peer->webrtc->get(), CORE, FAILED, ("broken"), (nullptr));
  EXPECT_TRUE(peer->webrtc->has_failed());
  EXPECT_NE(told.find("broken"), std::string::npos) << told;
}

}  // namespace
}  // namespace veche::media
