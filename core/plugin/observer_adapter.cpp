// SPDX-License-Identifier: Apache-2.0
// Hands events to the plugin, whose exceptions end here.
#include "plugin/observer_adapter.hpp"

#include <utility>

#include "base/log.hpp"
#include "plugin/hook_call.hpp"

namespace veche::plugin {

Status ObserverAdapter::check(const veche_observer& table) {
  return check_members({{"on_event", table.on_event != nullptr}});
}

Result<std::unique_ptr<Adapter>> ObserverAdapter::bind(const veche_observer& table,
                                                       const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new ObserverAdapter(binding.request.name, table, binding.self, binding.timers));
}

ObserverAdapter::ObserverAdapter(std::string name, const veche_observer& table, veche_plugin* self,
                                 HookTimers& timers)
    : name_(std::move(name)),
      table_(table),
      self_(self),
      on_event_(timers.on_control("observer.on_event")) {}

void ObserverAdapter::on_event(const veche_event& event) {
  const auto done = call_hook(on_event_, [&] { table_.on_event(self_, &event); });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
