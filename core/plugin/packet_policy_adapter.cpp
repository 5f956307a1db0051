// SPDX-License-Identifier: Apache-2.0
// Asks the plugin for verdicts, and trusts none of them unseen.
#include "plugin/packet_policy_adapter.hpp"

#include <algorithm>
#include <cassert>

#include "base/thread_role.hpp"

namespace veche::plugin {

PacketPolicyAdapter::PacketPolicyAdapter(const veche_packet_policy& table, veche_plugin* self,
                                         HookTimers& timers)
    : table_(table), self_(self), decide_(timers.on_lane("packet_policy.decide")) {}

void PacketPolicyAdapter::decide(void* state, const veche_route& route, const veche_packet* packets,
                                 uint32_t packet_count, uint32_t* verdicts) noexcept {
  assert(is_on_lane());
  // 0 is no verdict: a packet that the plugin forgets counts as misbehaviour too.
  std::fill_n(verdicts, packet_count, 0u);
  {
    const HookTimer::Span span(decide_);
    table_.decide(self_, state, &route, packets, packet_count, verdicts);
  }
  for (uint32_t i = 0; i < packet_count; ++i) {
    if (verdicts[i] == VECHE_VERDICT_DROP || verdicts[i] == VECHE_VERDICT_FORWARD) continue;
    verdicts[i] = VECHE_VERDICT_DROP;
    bad_verdicts_.add();
  }
}

}  // namespace veche::plugin
