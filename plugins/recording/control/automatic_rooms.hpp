// SPDX-License-Identifier: Apache-2.0
// The rooms that are recorded without a request: which of them want a recording now. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "recording/settings.hpp"

namespace veche::recording {

class AutomaticRooms {
 public:
  /// The policy of a room has changed, which also ends a pause.
  void set(const std::string& room, RoomRecording settings);
  /// The room has closed.
  void erase(const std::string& room) { rooms_.erase(room); }

  /// No further recording of this room: the last one was ended by request, or has failed.
  void pause(const std::string& room);
  /// Its conversation is over; the next one is recorded again.
  void resume(const std::string& room);
  /// Its recording waits for its folder.
  void set_beginning(const std::string& room);
  void has_begun(const std::string& room);
  /// Its recording could not begin, or had to end: it is tried again, after a pause that grows from
  /// kFirstRetryMs to kLastRetryMs. How often in a row: 1 the first time. Times are of any steady
  /// clock.
  unsigned refuse(const std::string& room, int64_t now_ms);
  bool was_refused(const std::string& room) const;
  /// The rooms whose pause is over, so that wanted() may have an answer again.
  std::vector<std::string> take_due(int64_t now_ms);
  static constexpr int64_t kFirstRetryMs = 5'000, kLastRetryMs = 60'000;

  /// What to record; null if the room wants nothing, is paused, waits for a folder, or for the next
  /// try.
  const Plan* wanted(const std::string& room) const;

 private:
  struct Room {
    RoomRecording settings;
    bool paused = false;
    bool beginning = false;
    unsigned refusals = 0;
    std::optional<int64_t> retry_ms;
  };
  Room* find(const std::string& room);

  std::map<std::string, Room> rooms_;
};

}  // namespace veche::recording
