// SPDX-License-Identifier: Apache-2.0
// Events and fields of them, for tests.
#pragma once

#include <string>
#include <vector>

#include "events/event.hpp"

namespace veche::events {

/// Of the room "blue" in the incarnation "i1", without id and number.
inline Event made(const std::string& type, const std::string& participant = "",
                  int64_t time_unix_ms = 1000) {
  return {.room = "blue",
          .incarnation = "i1",
          .time_unix_ms = time_unix_ms,
          .type = type,
          .participant = participant};
}

inline Event of_server(const std::string& type) { return {.time_unix_ms = 1000, .type = type}; }

/// "id type" of each.
inline std::vector<std::string> lines_of(const std::vector<Event>& events) {
  std::vector<std::string> lines;
  for (const Event& event : events) lines.push_back(std::to_string(event.id) + " " + event.type);
  return lines;
}

/// Ids first to last, as they are in a log.
inline std::vector<Event> numbered(uint64_t first, uint64_t last,
                                   const std::string& type = "room.updated") {
  std::vector<Event> events;
  for (uint64_t id = first; id <= last; ++id) {
    events.push_back(made(type));
    events.back().id = events.back().seq = id;
  }
  return events;
}

}  // namespace veche::events
