// SPDX-License-Identifier: Apache-2.0
// What the log says has begun and has not ended: rooms, and participants in them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "events/event.hpp"

namespace veche::events {

/// What an event begins or ends.
enum class Turn { Nothing = 1, RoomBegins, RoomEnds, ParticipantBegins, ParticipantEnds };
Turn turn_of(const Event& event);

struct OpenRoom {
  std::string room;
  int64_t begun_unix_ms = 0;
  uint64_t last_seq = 0;
  std::map<std::string, int64_t> participants;  ///< Name -> when it joined.
};

class OpenState {
 public:
  /// By incarnation.
  using Rooms = std::map<std::string, OpenRoom>;

  explicit OpenState(Rooms rooms = {}) : rooms_(std::move(rooms)) {}

  /// The log keeps this event. A participant that joins opens its room, in case the event of the
  /// room itself was dropped.
  void note(const Event& event);
  /// Does it end what is open?
  bool is_end(const Event& event) const;
  const Rooms& rooms() const { return rooms_; }

  /// The ends of all that is open, by a server that died and was last known to live at
  /// `alive_unix_ms`: of each room its participants, in the order in which they joined, then the
  /// room itself. Without ids.
  std::vector<Event> ends(int64_t alive_unix_ms, int64_t now_unix_ms) const;

 private:
  Rooms rooms_;
};

}  // namespace veche::events
