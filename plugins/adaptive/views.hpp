// SPDX-License-Identifier: Apache-2.0
// What the routes answer: what each listener gets and why, and what each publisher was asked.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "adaptive/rooms.hpp"

namespace veche::adaptive {

/// The names of a room's participants, by their numbers.
using Names = std::unordered_map<uint64_t, std::string>;

/// The same moment on both clocks.
struct Moment {
  int64_t steady_ns = 0;
  int64_t unix_ms = 0;
};

/// `state`: null if no session of the room has been connected yet.
std::string room_json(const Rooms& rooms, const RoomState* state, const std::string& room,
                      Mode mode, const Names& names);
/// `session`: null if it is not connected, or the mode is off.
std::string participant_json(const SessionState* session, const std::string& participant, Mode mode,
                             const Names& names, const Moment& now);

}  // namespace veche::adaptive
