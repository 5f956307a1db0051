// SPDX-License-Identifier: Apache-2.0
// The objects that the server gives to adapters, and when it gets them back.
#include "plugin/adapter.hpp"

#include <gmock/gmock.h>
#include <veche/track_tap.h>

#include "../room/fake_media.hpp"
#include "plugin/extensions.hpp"
#include "plugin/packet_policy_adapter.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::IsNull;

class AdapterTest : public ::testing::Test {
 protected:
  glib::ControlLoop loop_;
  room::FakeEngine engine_;
  room::Server rooms_{loop_, engine_, room::Limits{}, 0};
};

struct RoomsAdapter : Adapter {
  void leave(room::Server&) override { ++left; }
  int left = 0;
};

TEST_F(AdapterTest, ThatOnlyRoomsUseIsBackAtOnce) {
  RoomsAdapter adapter;
  adapter.give(engine_, rooms_);
  int done = 0;
  adapter.take(engine_, rooms_, [&] { ++done; });
  EXPECT_EQ(adapter.left, 1);
  EXPECT_EQ(done, 1);
}

TEST_F(AdapterTest, ThatLanesUseIsBackWhenTheyHaveLetGo) {
  constexpr veche_packet_policy kTable = {
      .struct_size = sizeof(veche_packet_policy),
      .state_size = 0,
      .decide = [](veche_plugin*, void*, const veche_route*, const veche_packet*, uint32_t,
                   uint32_t, uint32_t*) {}};
  HookTimers timers;
  PacketPolicyAdapter adapter(kTable, nullptr, timers, false);
  adapter.give(engine_, rooms_);
  EXPECT_THAT(engine_.used_policies, ElementsAre(&adapter));
  engine_.waiting.clear();
  int done = 0;
  adapter.take(engine_, rooms_, [&] { ++done; });
  EXPECT_THAT(engine_.used_policies.back(), IsNull());
  EXPECT_EQ(done, 0);
  ASSERT_EQ(engine_.waiting.size(), 1u);
  engine_.waiting.front()();
  EXPECT_EQ(done, 1);
}

TEST_F(AdapterTest, OfTapsIsTheLastGivenAndTheFirstToEnd) {
  EXPECT_EQ(extensions().back().id, VECHE_EXT_TRACK_TAP);
}

}  // namespace
}  // namespace veche::plugin
