// SPDX-License-Identifier: Apache-2.0
// The extension veche.selector/1 as the media layer's Selector.
#pragma once

#include <veche/selector.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/selector.hpp"
#include "plugin/hook_timer.hpp"

namespace veche::plugin {

class SelectorAdapter final : public media::Selector {
 public:
  /// [control] `name` is the plugin's in the configuration. The table is checked. Loop, table,
  /// plugin and timers outlive the adapter.
  SelectorAdapter(std::string name, const glib::ControlLoop& loop, const veche_selector& table,
                  veche_plugin* self, HookTimers& timers);
  /// [control] Settings and rooms that are still open are left to the plugin's destroy(), and
  /// logged.
  ~SelectorAdapter() override;
  SelectorAdapter(const SelectorAdapter&) = delete;
  SelectorAdapter& operator=(const SelectorAdapter&) = delete;

  std::string name() const override { return name_; }
  Result<std::unique_ptr<Settings>> make_settings(const std::string& json) override;
  Result<std::unique_ptr<RoomState>> open(const Settings& settings) override;

 private:
  struct Binding;
  class PluginSettings;
  class PluginRoom;

  const std::string name_;
  /// Shared with all settings and rooms, which may outlive the adapter at shutdown and then only
  /// free themselves.
  const std::shared_ptr<Binding> binding_;
};

}  // namespace veche::plugin
