// SPDX-License-Identifier: Apache-2.0
// Decides how much each listener of a room receives, how it is protected, and what publishers
// should send.
#pragma once

#include <veche/controller.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace veche::room {

/// Fills it with what holds without a controller: everything, what publishers repeat, and
/// retransmission where the slot is able.
void reset_decision(const veche_controlled_room& room, const veche_room_decision& decision);

/// A plugin implements it (plugin/). [control]
class Controller {
 public:
  virtual ~Controller() = default;
  /// VECHE_KIND_*: it decides about routes and tracks of this kind, and sees no others; 0: about
  /// all.
  virtual uint32_t kind() const { return 0; }
  /// The words that decisions name by their index. The first one is "": nothing is held back.
  virtual const std::vector<std::string>& reasons() const = 0;
  /// `decision` begins as what holds without a controller. Afterwards all of it is possible: known
  /// targets, protection that the route is able to have, reasons that there are.
  virtual void control(const veche_controlled_room& room, veche_room_decision& decision) = 0;
  /// It has ended.
  virtual void forget(SessionId session) = 0;
  /// It has closed, and its sessions were forgotten before.
  virtual void forget(RoomId room) = 0;
};

}  // namespace veche::room
