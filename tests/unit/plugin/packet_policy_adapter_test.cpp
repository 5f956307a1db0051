// SPDX-License-Identifier: Apache-2.0
// A policy's verdicts: valid ones, and those that are misbehaviour.
#include "plugin/packet_policy_adapter.hpp"

#include <gmock/gmock.h>

#include "base/thread_role.hpp"

namespace veche::plugin::packet_policy_adapter_test {
namespace {

using ::testing::ElementsAre;

TEST(PacketPolicyAdapter, DropsAndCountsVerdictsItDoesNotKnow) {
  veche_packet_policy table{};
  table.struct_size = sizeof table;
  table.state_size = sizeof(uint32_t);
  // The sequence number is the verdict; the last packet gets none.
  table.decide = [](veche_plugin*, void* state, const veche_route* route,
                    const veche_packet* packets, uint32_t packet_count, uint32_t packet_stride,
                    uint32_t* verdicts) {
    *static_cast<uint32_t*>(state) = route->generation;
    for (uint32_t i = 0; i + 1 < packet_count; ++i) {
      verdicts[i] = VECHE_AT(const veche_packet, packets, packet_stride, i)->sequence;
    }
  };
  HookTimers timers;
  PacketPolicyAdapter policy(table, nullptr, timers, false);
  EXPECT_EQ(policy.state_size(), sizeof(uint32_t));

  veche_packet packets[5] = {};
  const uint32_t wanted[] = {VECHE_VERDICT_FORWARD, VECHE_VERDICT_DROP, 3, 0xffffffff,
                             VECHE_VERDICT_FORWARD};
  for (size_t i = 0; i < 5; ++i) packets[i].sequence = wanted[i];
  // The previous content of the array is not a verdict either.
  uint32_t verdicts[5] = {2, 2, 2, 2, 2};
  uint32_t state = 0;
  veche_route route{};
  route.generation = 42;
  const ActAs lane(ThreadRole::Lane);
  policy.decide(&state, route, packets, 5, verdicts);

  EXPECT_THAT(verdicts, ElementsAre(VECHE_VERDICT_FORWARD, VECHE_VERDICT_DROP, VECHE_VERDICT_DROP,
                                    VECHE_VERDICT_DROP, VECHE_VERDICT_DROP));
  EXPECT_EQ(policy.bad_verdicts(), 3u);
  EXPECT_EQ(state, 42u);
  ASSERT_EQ(timers.size(), 1u);
  EXPECT_EQ(timers[0].name(), "packet_policy.decide");
  EXPECT_EQ(timers[0].calls(), 1u);
}

}  // namespace
}  // namespace veche::plugin::packet_policy_adapter_test
