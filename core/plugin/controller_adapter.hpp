// SPDX-License-Identifier: Apache-2.0
// The extensions veche.controller/2, veche.audio-controller/2 and veche.video-controller/2 as the
// room layer's Controller.
#pragma once

#include <veche/controller.h>
#include <veche/selector.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "room/controller.hpp"

namespace veche::plugin {

/// [control] all of it.
class ControllerAdapter final : public Adapter, public room::Controller {
 public:
  static constexpr uint32_t kMostReasons = 64;
  static Status check(const veche_controller& table);
  static Result<std::unique_ptr<Adapter>> bind(uint32_t kind, const veche_controller& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter. `kind`: see room::Controller.
  ControllerAdapter(std::string name, const veche_controller& table, veche_plugin* self,
                    HookTimers& timers, uint32_t kind = 0);

  void give(media::Engine& engine, room::Server& rooms) override;
  void leave(room::Server& rooms) override;
  void describe(PluginInfo& info) const override { info.bad_decisions = bad_decisions_; }

  uint32_t kind() const override { return kind_; }
  const std::vector<std::string>& reasons() const override { return reasons_; }
  /// A hook that fails has decided nothing.
  void control(const veche_controlled_room& room, veche_room_decision& decision) override;
  void forget(SessionId session) override;
  void forget(RoomId room) override;

  /// What was not possible in decisions, and was corrected.
  uint64_t bad_decisions() const { return bad_decisions_; }

 private:
  const std::string name_;
  const veche_controller& table_;
  veche_plugin* const self_;
  const uint32_t kind_;
  const std::vector<std::string> reasons_;
  HookTimer &control_, &forget_session_, &forget_room_;
  uint64_t bad_decisions_ = 0;
};

/// One row of the table of extensions for each id that has the table veche_controller.
template <uint32_t kKind>
struct ControllerExtension {
  using Table = veche_controller;
  static constexpr const char* kId = kKind == VECHE_KIND_AUDIO   ? VECHE_EXT_AUDIO_CONTROLLER
                                     : kKind == VECHE_KIND_VIDEO ? VECHE_EXT_VIDEO_CONTROLLER
                                                                 : VECHE_EXT_CONTROLLER;
  static constexpr bool kExclusive = true;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_controller, forget_room));
  static Status check(const veche_controller& table) { return ControllerAdapter::check(table); }
  static Result<std::unique_ptr<Adapter>> bind(const veche_controller& table,
                                               const Binding& binding) {
    return ControllerAdapter::bind(kKind, table, binding);
  }
};

}  // namespace veche::plugin
