// SPDX-License-Identifier: Apache-2.0
// The extension veche.controller/1 as the room layer's Controller.
#pragma once

#include <veche/controller.h>

#include <string>

#include "plugin/hook_timer.hpp"
#include "room/controller.hpp"

namespace veche::plugin {

/// [control] all of it.
class ControllerAdapter final : public room::Controller {
 public:
  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter.
  ControllerAdapter(std::string name, const veche_controller& table, veche_plugin* self,
                    HookTimers& timers);

  void control(const veche_session_view& view, veche_session_targets& targets) override;
  void forget(SessionId session) override;

  /// Targets that are none; everything was sent instead.
  uint64_t bad_targets() const { return bad_targets_; }

 private:
  const std::string name_;
  const veche_controller& table_;
  veche_plugin* const self_;
  HookTimer &control_, &forget_;
  uint64_t bad_targets_ = 0;
};

}  // namespace veche::plugin
