// SPDX-License-Identifier: Apache-2.0
// The extension veche.packet-policy/1 as the media layer's PacketPolicy.
#pragma once

#include <veche/packet_policy.h>

#include "base/counter.hpp"
#include "media/selector.hpp"
#include "plugin/hook_timer.hpp"

namespace veche::plugin {

class PacketPolicyAdapter final : public media::PacketPolicy {
 public:
  /// [control] The table is checked. Table, plugin and timers outlive the adapter.
  PacketPolicyAdapter(const veche_packet_policy& table, veche_plugin* self, HookTimers& timers);

  uint32_t state_size() const override { return table_.state_size; }
  void decide(void* state, const veche_route& route, const veche_packet* packets,
              uint32_t packet_count, uint32_t* verdicts) noexcept override;

  /// [any] Verdicts that were neither drop nor forward; those packets were dropped.
  uint64_t bad_verdicts() const { return bad_verdicts_.value(); }

 private:
  const veche_packet_policy& table_;
  veche_plugin* const self_;
  HookTimer& decide_;
  Counter bad_verdicts_;
};

}  // namespace veche::plugin
