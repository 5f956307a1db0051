// SPDX-License-Identifier: Apache-2.0
// A room as a controller sees it, and what it decides: the arrays of one call.
#pragma once

#include <veche/controller.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace veche::room {

class Controller;

/// All rooms of a server use one, one after the other, so that nothing is allocated in a call.
/// [control]
struct ControlledRoom {
  std::vector<veche_controlled_session> sessions;
  std::vector<veche_controlled_route> routes;  ///< Of each session adjacent, by slot.
  std::vector<veche_controlled_track> tracks;  ///< Of each session adjacent.
  // In the same order.
  std::vector<veche_session_decision> session_decisions;
  std::vector<veche_route_decision> route_decisions;
  std::vector<veche_track_decision> track_decisions;

  void clear();
  /// What the controller of one kind of media sees of `whole`: all of its sessions, and of its
  /// routes and tracks those of that kind, in the same order.
  void show_part(const ControlledRoom& whole, uint32_t kind);
  /// Fills the decisions with what holds without a controller.
  void reset_decisions();
  /// Fills the decisions.
  void ask(Controller& controller, RoomId room, const std::string& name, int64_t now_ns);

 private:
  veche_controlled_room view() const;
  veche_room_decision decision();
};

}  // namespace veche::room
