// SPDX-License-Identifier: Apache-2.0
// The controllers of a server, asked as if they were one: each decides about kinds of media of its
// own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "room/controlled_room.hpp"
#include "room/controller.hpp"

namespace veche::room {

/// [control] all of it.
class Controllers {
 public:
  /// From now on it decides, ten times a second about every room with a connected session. It
  /// outlives its use. No other one decides about any of its kinds.
  void add(Controller& controller);
  /// What it has decided is taken back. No effect if it is not there.
  void remove(Controller& controller);

  /// All sessions receive and send everything.
  bool empty() const { return all_.empty(); }
  const std::vector<Controller*>& all() const { return all_; }
  /// Fills the room's decisions, whose reasons are those of reasons().
  void ask(ControlledRoom& room, RoomId id, const std::string& name, int64_t now_ns);
  /// The words of all of them. The first one is "".
  const std::vector<std::string>& reasons() const { return reasons_; }
  void forget(SessionId session);
  void forget(RoomId room);

 private:
  void collect_reasons();

  std::vector<Controller*> all_;  ///< By kind: of equal decisions the first one's counts.
  std::vector<std::string> reasons_{""};
  ControlledRoom part_;  ///< Of the room that one of them is asked about.
};

}  // namespace veche::room
