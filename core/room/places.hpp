// SPDX-License-Identifier: Apache-2.0
// Finds the rooms in which participants of one name are, without a look into every room. Pure.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

namespace veche::room {

class Room;

class Places {
 public:
  using Rooms = std::map<std::string, Room*>;  ///< By name; not owned.

  /// The room has a participant of that name from now on; it outlives its entry.
  void add(const std::string& participant, const std::string& room, Room& in);
  void remove(const std::string& participant, const std::string& room);
  /// Empty: there is none of that name. Valid until the next change.
  const Rooms& of(const std::string& participant) const;

 private:
  std::unordered_map<std::string, Rooms> by_participant_;
};

}  // namespace veche::room
