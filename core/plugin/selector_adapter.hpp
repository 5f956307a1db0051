// SPDX-License-Identifier: Apache-2.0
// The extension veche.selector/2 as the media layer's Selector.
#pragma once

#include <veche/selector.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "media/selector.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"

namespace veche::plugin {

class SelectorAdapter final : public Adapter, public media::Selector {
 public:
  using Table = veche_selector;
  static constexpr char kId[] = VECHE_EXT_SELECTOR;
  static constexpr bool kExclusive = true;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_selector, use_memory));
  static Status check(const veche_selector& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_selector& table, const Binding& binding);

  /// [control] `name` is the plugin's in the configuration. The table is checked. Table, plugin
  /// and timers outlive the adapter.
  SelectorAdapter(std::string name, const veche_selector& table, veche_plugin* self,
                  HookTimers& timers);
  /// [control] Logs settings and rooms that are still open, and leaves them to the plugin's
  /// destroy().
  ~SelectorAdapter() override;

  void give(media::Engine& engine, room::Server& rooms) override;
  void take(media::Engine& engine, room::Server& rooms, const std::function<void()>& done) override;

  std::string name() const override { return name_; }
  Result<std::unique_ptr<Settings>> make_settings(const std::string& json) override;
  Result<std::unique_ptr<RoomState>> open(const Settings& settings) override;
  Result<std::unique_ptr<Memory>> make_memory(uint32_t candidates) override;

 private:
  struct Shared;
  class PluginSettings;
  class PluginRoom;
  class PluginMemory;

  const std::string name_;
  /// Shared with all settings and rooms, which may outlive the adapter at shutdown and then only
  /// free themselves.
  const std::shared_ptr<Shared> shared_;
};

}  // namespace veche::plugin
