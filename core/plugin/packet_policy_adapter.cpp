// SPDX-License-Identifier: Apache-2.0
// Asks the plugin for verdicts, and checks each of them.
#include "plugin/packet_policy_adapter.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "base/thread_role.hpp"
#include "media/engine.hpp"

namespace veche::plugin {

Status PacketPolicyAdapter::check(const veche_packet_policy& table) {
  if (table.state_size > kMaxStateSize) {
    return invalid("state_size is " + std::to_string(table.state_size) + ", at most " +
                   std::to_string(kMaxStateSize) + " is allowed");
  }
  return check_members({{"decide", table.decide != nullptr}});
}

Result<std::unique_ptr<Adapter>> PacketPolicyAdapter::bind(const veche_packet_policy& table,
                                                           const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new PacketPolicyAdapter(table, binding.self, binding.timers, binding.selects));
}

PacketPolicyAdapter::PacketPolicyAdapter(const veche_packet_policy& table, veche_plugin* self,
                                         HookTimers& timers, bool selects)
    : table_(table),
      self_(self),
      selects_(selects),
      decide_(timers.on_lane("packet_policy.decide")) {}

void PacketPolicyAdapter::give(media::Engine& engine, room::Server&) {
  engine.use_packet_policy(this, [] {});
}

void PacketPolicyAdapter::take(media::Engine& engine, room::Server&,
                               const std::function<void()>& done) {
  engine.use_packet_policy(nullptr, done);
}

void PacketPolicyAdapter::decide(void* state, const veche_route& route, const veche_packet* packets,
                                 uint32_t packet_count, uint32_t* verdicts) noexcept {
  assert(is_on_lane());
  // 0 is not a verdict: a packet that the plugin forgets counts as misbehaviour too.
  std::fill_n(verdicts, packet_count, 0u);
  {
    const HookTimer::Span span(decide_);
    table_.decide(self_, state, &route, packets, packet_count, sizeof(veche_packet), verdicts);
  }
  for (uint32_t i = 0; i < packet_count; ++i) {
    if (verdicts[i] == VECHE_VERDICT_DROP || verdicts[i] == VECHE_VERDICT_FORWARD) continue;
    verdicts[i] = VECHE_VERDICT_DROP;
    bad_verdicts_.add();
  }
}

}  // namespace veche::plugin
