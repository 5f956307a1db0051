// SPDX-License-Identifier: Apache-2.0
// Asks the plugin for targets, and checks each of them.
#include "plugin/controller_adapter.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.hpp"
#include "plugin/hook_call.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

/// Opus ends at 510 kbit/s (RFC 6716 section 2.1.1); a higher rate is a mistake.
constexpr uint32_t kMaxBitrateBps = 510'000;
constexpr uint32_t kMaxPercent = 100;

}  // namespace

Status ControllerAdapter::check(const veche_controller& table) {
  return check_members(
      {{"control", table.control != nullptr}, {"forget", table.forget != nullptr}});
}

Result<std::unique_ptr<Adapter>> ControllerAdapter::bind(const veche_controller& table,
                                                         const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new ControllerAdapter(binding.request.name, table, binding.self, binding.timers));
}

ControllerAdapter::ControllerAdapter(std::string name, const veche_controller& table,
                                     veche_plugin* self, HookTimers& timers)
    : name_(std::move(name)),
      table_(table),
      self_(self),
      control_(timers.on_control("controller.control")),
      forget_(timers.on_control("controller.forget")) {}

void ControllerAdapter::give(media::Engine&, room::Server& rooms) { rooms.use_controller(this); }

void ControllerAdapter::leave(room::Server& rooms) { rooms.use_controller(nullptr); }

void ControllerAdapter::control(const veche_session_view& view, veche_session_targets& targets) {
  const std::span<uint32_t> all(targets.targets, view.route_count);
  const auto done = call_hook(control_, [&] { table_.control(self_, &view, &targets); });
  if (!done) {
    log::error(name_, done.error().message);
    std::fill(all.begin(), all.end(), VECHE_TARGET_ALL);
    targets.hint = {};
    return;
  }
  for (uint32_t& target : all) {
    if (target == VECHE_TARGET_ALL || target == VECHE_TARGET_OFF) continue;
    target = VECHE_TARGET_ALL;
    ++bad_targets_;
  }
  targets.hint.max_bitrate_bps = std::min(targets.hint.max_bitrate_bps, kMaxBitrateBps);
  targets.hint.fec_percent = std::min(targets.hint.fec_percent, kMaxPercent);
}

void ControllerAdapter::forget(SessionId session) {
  const auto done = call_hook(forget_, [&] { table_.forget(self_, session.value); });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
