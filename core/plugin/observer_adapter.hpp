// SPDX-License-Identifier: Apache-2.0
// The extension veche.observer/1: tells the plugin of events.
#pragma once

#include <veche/observer.h>

#include <string>

#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"

namespace veche::plugin {

/// [control] all of it.
class ObserverAdapter final : public Adapter {
 public:
  using Table = veche_observer;
  static constexpr char kId[] = VECHE_EXT_OBSERVER;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_observer, on_event));
  static Status check(const veche_observer& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_observer& table, const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter.
  ObserverAdapter(std::string name, const veche_observer& table, veche_plugin* self,
                  HookTimers& timers);

  void on_event(const veche_event& event);

 private:
  const std::string name_;
  const veche_observer& table_;
  veche_plugin* const self_;
  HookTimer& on_event_;
};

}  // namespace veche::plugin
