// SPDX-License-Identifier: Apache-2.0
// The rooms that are recorded without a request: which of them want a recording now. Pure.
#pragma once

#include <map>
#include <string>

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
  /// Its recording waits, or no longer waits, for its folder.
  void set_beginning(const std::string& room, bool beginning);

  /// What to record; null if the room wants nothing, is paused or waits for a folder.
  const Plan* wanted(const std::string& room) const;

 private:
  struct Room {
    RoomRecording settings;
    bool paused = false;
    bool beginning = false;
  };
  Room* find(const std::string& room);

  std::map<std::string, Room> rooms_;
};

}  // namespace veche::recording
