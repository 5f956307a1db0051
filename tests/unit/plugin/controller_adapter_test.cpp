// SPDX-License-Identifier: Apache-2.0
// What a controller plugin returns, checked.
#include "plugin/controller_adapter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;

struct FakePlugin {
  std::array<uint32_t, 3> targets{};
  veche_publish_hint hint{};
  bool throws = false;
  uint64_t forgotten = 0;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

void decide(veche_plugin* self, const veche_session_view* view, veche_session_targets* targets) {
  for (uint32_t i = 0; i < view->route_count; ++i) targets->targets[i] = fake(self)->targets[i];
  targets->hint = fake(self)->hint;
  if (fake(self)->throws) throw std::runtime_error("no idea");
}
void forget(veche_plugin* self, uint64_t session) { fake(self)->forgotten = session; }

constexpr veche_controller kTable = {
    .struct_size = sizeof(veche_controller), .control = decide, .forget = forget};

class ControllerAdapterTest : public ::testing::Test {
 protected:
  std::array<uint32_t, 3> ask() {
    std::array<veche_controlled_route, 3> routes{};
    veche_session_view view{};
    view.struct_size = sizeof view;
    view.route_count = 3;
    view.routes = routes.data();
    std::array<uint32_t, 3> targets{};
    decision_ = {};
    decision_.struct_size = sizeof decision_;
    decision_.targets = targets.data();
    adapter_.control(view, decision_);
    return targets;
  }

  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  HookTimers timers_;
  ControllerAdapter adapter_{"adaptive", kTable, self_, timers_};
  veche_session_targets decision_{};
};

TEST_F(ControllerAdapterTest, PassesOnWhatIsAllowed) {
  plugin_.targets = {VECHE_TARGET_OFF, VECHE_TARGET_ALL, VECHE_TARGET_OFF};
  plugin_.hint = {24'000, 20};
  EXPECT_THAT(ask(), ElementsAre(VECHE_TARGET_OFF, VECHE_TARGET_ALL, VECHE_TARGET_OFF));
  EXPECT_EQ(decision_.hint.max_bitrate_bps, 24'000u);
  EXPECT_EQ(decision_.hint.fec_percent, 20u);
  EXPECT_EQ(adapter_.bad_targets(), 0u);
  EXPECT_EQ(timers_[0].calls(), 1u);
}

TEST_F(ControllerAdapterTest, NonsenseIsEverythingAndCounted) {
  plugin_.targets = {7, VECHE_TARGET_OFF, ~0u};
  plugin_.hint = {~0u, ~0u};
  EXPECT_THAT(ask(), ElementsAre(VECHE_TARGET_ALL, VECHE_TARGET_OFF, VECHE_TARGET_ALL));
  EXPECT_EQ(decision_.hint.max_bitrate_bps, 510'000u);
  EXPECT_EQ(decision_.hint.fec_percent, 100u);
  EXPECT_EQ(adapter_.bad_targets(), 2u);
}

TEST_F(ControllerAdapterTest, AnExceptionLeavesEverythingAsItIsWithoutIt) {
  plugin_.targets = {VECHE_TARGET_OFF, VECHE_TARGET_OFF, VECHE_TARGET_OFF};
  plugin_.hint = {24'000, 20};
  plugin_.throws = true;
  EXPECT_THAT(ask(), ElementsAre(VECHE_TARGET_ALL, VECHE_TARGET_ALL, VECHE_TARGET_ALL));
  EXPECT_EQ(decision_.hint.max_bitrate_bps, 0u);
}

TEST_F(ControllerAdapterTest, ForgetsSessions) {
  adapter_.forget(SessionId{5});
  EXPECT_EQ(plugin_.forgotten, 5u);
}

}  // namespace
}  // namespace veche::plugin
