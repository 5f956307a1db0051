// SPDX-License-Identifier: Apache-2.0
// Asks the plugin about a room, and has its decision checked.
#include "plugin/controller_adapter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/characters.hpp"
#include "base/log.hpp"
#include "plugin/decision_guard.hpp"
#include "plugin/hook_call.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxReasonLength = 32;

bool is_word(const char* reason) {
  const size_t length = strnlen(reason, kMaxReasonLength + 1);
  if (length == 0 || length > kMaxReasonLength) return false;
  return std::all_of(reason, reason + length,
                     [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

Status check_reasons(const veche_controller& table) {
  if (!table.reasons) return invalid("reasons is null");
  if (table.reason_count == 0 || table.reason_count > ControllerAdapter::kMostReasons) {
    return invalid("reason_count is " + std::to_string(table.reason_count) + ", 1 to " +
                   std::to_string(ControllerAdapter::kMostReasons) + " are possible");
  }
  for (uint32_t i = 0; i < table.reason_count; ++i) {
    const char* const reason = table.reasons[i];
    const std::string which = "reasons[" + std::to_string(i) + "]";
    if (!reason) return invalid(which + " is null");
    if (i == 0 && *reason != '\0') return invalid(which + " has to be \"\": nothing is held back");
    if (i > 0 && !is_word(reason)) {
      return invalid(which + " has to be a word of a-z, 0-9 and -, of at most " +
                     std::to_string(kMaxReasonLength) + " characters");
    }
  }
  return Ok{};
}

}  // namespace

Status ControllerAdapter::check(const veche_controller& table) {
  const Status functions = check_members({{"control", table.control != nullptr},
                                          {"forget_session", table.forget_session != nullptr},
                                          {"forget_room", table.forget_room != nullptr}});
  return functions ? check_reasons(table) : functions;
}

Result<std::unique_ptr<Adapter>> ControllerAdapter::bind(uint32_t kind,
                                                         const veche_controller& table,
                                                         const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new ControllerAdapter(binding.request.name, table, binding.self, binding.timers, kind));
}

ControllerAdapter::ControllerAdapter(std::string name, const veche_controller& table,
                                     veche_plugin* self, HookTimers& timers, uint32_t kind)
    : name_(std::move(name)),
      table_(table),
      self_(self),
      kind_(kind),
      reasons_(table.reasons, table.reasons + table.reason_count),
      control_(timers.on_control("controller.control")),
      forget_session_(timers.on_control("controller.forget_session")),
      forget_room_(timers.on_control("controller.forget_room")) {}

void ControllerAdapter::give(media::Engine&, room::Server& rooms) {
  rooms.controllers().add(*this);
}

void ControllerAdapter::leave(room::Server& rooms) { rooms.controllers().remove(*this); }

void ControllerAdapter::control(const veche_controlled_room& room, veche_room_decision& decision) {
  // Its arrays count, whatever the plugin makes of this struct.
  veche_room_decision given = decision;
  const auto done = call_hook(control_, [&] { table_.control(self_, &room, &given); });
  if (!done) {
    log::error(name_, done.error().message);
    room::reset_decision(room, decision);
    return;
  }
  bad_decisions_ += guard_decision(room, decision, static_cast<uint32_t>(reasons_.size()));
}

void ControllerAdapter::forget(SessionId session) {
  const auto done =
      call_hook(forget_session_, [&] { table_.forget_session(self_, session.value); });
  if (!done) log::error(name_, done.error().message);
}

void ControllerAdapter::forget(RoomId room) {
  const auto done = call_hook(forget_room_, [&] { table_.forget_room(self_, room.value); });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
