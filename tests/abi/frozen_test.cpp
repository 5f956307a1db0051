// SPDX-License-Identifier: Apache-2.0
// Plugins that were built with the headers of earlier releases.
#include <gmock/gmock.h>

#include <array>

#include "base/thread_role.hpp"
#include "host_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

constexpr const char* kVersions[] = {"0_10"};

using FrozenTest = HostTest;

TEST_F(FrozenTest, AnOldObserverRuns) {
  for (const std::string version : kVersions) {
    SCOPED_TRACE(version);
    journal_ = {};
    auto host = Host::load(loop_, settings_of({recorder("frozen_" + version)}));
    ASSERT_TRUE(host.ok()) << host.error().message;
    (*host)->on_event(event(1, "room.created"));
    run_until([this] { return journal_.timer_ticks > 1; });
    (*host)->stop();
    EXPECT_THAT(journal_.text, HasSubstr("1 1700000000001 room.created lobby ada {\"n\":1}"));
    EXPECT_THAT(journal_.text, HasSubstr("destroy"));
  }
}

TEST_F(FrozenTest, AnOldSelectorAndPolicyRun) {
  for (const std::string version : kVersions) {
    SCOPED_TRACE(version);
    auto host = Host::load(loop_, settings_of({request("frozen_forwarder_" + version, true)}));
    ASSERT_TRUE(host.ok()) << host.error().message;
    auto settings = (*host)->selector()->make_settings("{}");
    ASSERT_TRUE(settings.ok());
    auto room = (*host)->selector()->open(**settings);
    ASSERT_TRUE(room.ok());
    const ActAs lane(ThreadRole::Lane);
    veche_room_view view{};
    view.struct_size = sizeof view;
    view.room = 77;
    veche_selection selection{};
    selection.struct_size = sizeof selection;
    (*room)->select(view, selection);
    EXPECT_EQ(selection.dominant, 77u);
    const std::array<veche_packet, 2> packets{};
    std::array<uint32_t, 2> verdicts{};
    (*host)->packet_policy()->decide(nullptr, veche_route{}, packets.data(), 2, verdicts.data());
    EXPECT_EQ(verdicts[1], VECHE_VERDICT_FORWARD);
  }
}

}  // namespace
}  // namespace veche::plugin
