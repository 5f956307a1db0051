// SPDX-License-Identifier: Apache-2.0
// The extension veche.admission/1 as a doorkeeper of rooms.
#pragma once

#include <veche/admission.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "room/plugin_hooks.hpp"

namespace veche::plugin {

/// [control] all of it.
class AdmissionAdapter final : public Adapter, public room::Doorkeeper {
 public:
  using Table = veche_admission_policy;
  static constexpr char kId[] = VECHE_EXT_ADMISSION;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_admission_policy, admit));
  static Status check(const veche_admission_policy& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_admission_policy& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter.
  AdmissionAdapter(std::string name, const veche_admission_policy& table, veche_plugin* self,
                   HookTimers& timers);

  void give(media::Engine& engine, room::Server& rooms) override;
  void leave(room::Server& rooms) override;

  Status admit(const room::Room& room, const std::string& participant,
               room::ParticipantSettings& settings) override;
  /// The same, of a room that need not exist.
  Status admit(const std::string& room, uint32_t participant_count, const std::string& participant,
               room::ParticipantSettings& settings);

 private:
  Status refusal(const Error& why) const;

  const std::string name_;
  const veche_admission_policy& table_;
  veche_plugin* const self_;
  HookTimer& admit_;
};

}  // namespace veche::plugin
