// SPDX-License-Identifier: Apache-2.0
// The extension veche.controller/1 as the room layer's Controller.
#pragma once

#include <veche/controller.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "room/controller.hpp"

namespace veche::plugin {

/// [control] all of it.
class ControllerAdapter final : public Adapter, public room::Controller {
 public:
  using Table = veche_controller;
  static constexpr char kId[] = VECHE_EXT_CONTROLLER;
  static constexpr bool kExclusive = true;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_controller, forget));
  static Status check(const veche_controller& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_controller& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter.
  ControllerAdapter(std::string name, const veche_controller& table, veche_plugin* self,
                    HookTimers& timers);

  void give(media::Engine& engine, room::Server& rooms) override;
  void leave(room::Server& rooms) override;
  void describe(PluginInfo& info) const override { info.bad_targets = bad_targets_; }

  void control(const veche_session_view& view, veche_session_targets& targets) override;
  void forget(SessionId session) override;

  /// Unknown targets; everything was sent instead.
  uint64_t bad_targets() const { return bad_targets_; }

 private:
  const std::string name_;
  const veche_controller& table_;
  veche_plugin* const self_;
  HookTimer &control_, &forget_;
  uint64_t bad_targets_ = 0;
};

}  // namespace veche::plugin
