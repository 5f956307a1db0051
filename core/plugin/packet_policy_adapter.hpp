// SPDX-License-Identifier: Apache-2.0
// The extension veche.packet-policy/2 as the media layer's PacketPolicy.
#pragma once

#include <veche/packet_policy.h>

#include <memory>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "media/selector.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"

namespace veche::plugin {

class PacketPolicyAdapter final : public Adapter, public media::PacketPolicy {
 public:
  using Table = veche_packet_policy;
  static constexpr char kId[] = VECHE_EXT_PACKET_POLICY;
  static constexpr bool kExclusive = true;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_packet_policy, decide));
  static Status check(const veche_packet_policy& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_packet_policy& table,
                                               const Binding& binding);

  /// [control] The table is checked. Table, plugin and timers outlive the adapter. `selects`: the
  /// plugin is a selector too.
  PacketPolicyAdapter(const veche_packet_policy& table, veche_plugin* self, HookTimers& timers,
                      bool selects);

  void give(media::Engine& engine, room::Server& rooms) override;
  void take(media::Engine& engine, room::Server& rooms, const std::function<void()>& done) override;
  void describe(PluginInfo& info) const override { info.bad_verdicts = bad_verdicts(); }

  uint32_t state_size() const override { return table_.state_size; }
  bool sees_tags() const override { return selects_; }
  void decide(void* state, const veche_route& route, const veche_packet* packets,
              uint32_t packet_count, uint32_t* verdicts) noexcept override;

  /// [any] Verdicts other than drop and forward; those packets were dropped.
  uint64_t bad_verdicts() const { return bad_verdicts_.value(); }

 private:
  const veche_packet_policy& table_;
  veche_plugin* const self_;
  const bool selects_;
  HookTimer& decide_;
  Counter bad_verdicts_;
};

}  // namespace veche::plugin
