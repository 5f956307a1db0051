// SPDX-License-Identifier: Apache-2.0
// Follows begins and ends, and makes up the ends that a crash has kept from the log.
#include "events/open_state.hpp"

#include <algorithm>
#include <utility>

#include "glib/json.hpp"

namespace veche::events {
namespace {

constexpr const char* kLost = "server_lost";
constexpr int64_t kMsPerS = 1000;

/// From its begin until the server was last known to live, in seconds.
int64_t lasted_s(int64_t begun_unix_ms, int64_t alive_unix_ms) {
  return std::max<int64_t>(alive_unix_ms - begun_unix_ms, 0) / kMsPerS;
}

std::string left_json(int64_t duration_s) {
  return glib::JsonWriter()
      .begin_object()
      .key("reason")
      .string(kLost)
      .key("duration_s")
      .integer(duration_s)
      .end_object()
      .text();
}

std::string closed_json(const std::string& incarnation, int64_t duration_s) {
  return glib::JsonWriter()
      .begin_object()
      .key("incarnation")
      .string(incarnation)
      .key("reason")
      .string(kLost)
      .key("duration_s")
      .integer(duration_s)
      .end_object()
      .text();
}

/// Of one room, without times.
std::vector<Event> ends_of(const std::string& incarnation, const OpenRoom& room,
                           int64_t alive_unix_ms) {
  std::vector<std::pair<int64_t, std::string>> in_order;
  for (const auto& [name, joined_unix_ms] : room.participants) {
    in_order.emplace_back(joined_unix_ms, name);
  }
  std::sort(in_order.begin(), in_order.end());
  std::vector<Event> ends;
  ends.reserve(in_order.size() + 1);
  for (const auto& [joined_unix_ms, name] : in_order) {
    ends.push_back({.type = "participant.left",
                    .participant = name,
                    .data = left_json(lasted_s(joined_unix_ms, alive_unix_ms))});
  }
  ends.push_back({.type = "room.closed",
                  .data = closed_json(incarnation, lasted_s(room.begun_unix_ms, alive_unix_ms))});
  uint64_t seq = room.last_seq;
  for (Event& end : ends) {
    end.room = room.room;
    end.incarnation = incarnation;
    end.seq = ++seq;
  }
  return ends;
}

}  // namespace

Turn turn_of(const Event& event) {
  if (event.type == "participant.joined") return Turn::ParticipantBegins;
  if (event.type == "participant.left") return Turn::ParticipantEnds;
  if (event.type == "room.created") return Turn::RoomBegins;
  if (event.type == "room.closed") return Turn::RoomEnds;
  return Turn::Nothing;
}

void OpenState::note(const Event& event) {
  const Turn turn = turn_of(event);
  if (turn == Turn::RoomBegins || turn == Turn::ParticipantBegins) {
    rooms_.try_emplace(event.incarnation, OpenRoom{event.room, event.time_unix_ms, 0, {}});
  }
  const auto found = rooms_.find(event.incarnation);
  if (found == rooms_.end()) return;
  OpenRoom& room = found->second;
  room.last_seq = event.seq;
  if (turn == Turn::ParticipantBegins) room.participants[event.participant] = event.time_unix_ms;
  if (turn == Turn::ParticipantEnds) room.participants.erase(event.participant);
  if (turn == Turn::RoomEnds) rooms_.erase(found);
}

bool OpenState::is_end(const Event& event) const {
  const Turn turn = turn_of(event);
  const auto found = rooms_.find(event.incarnation);
  if (found == rooms_.end()) return false;
  return turn == Turn::RoomEnds ||
         (turn == Turn::ParticipantEnds && found->second.participants.contains(event.participant));
}

std::vector<Event> OpenState::ends(int64_t alive_unix_ms, int64_t now_unix_ms) const {
  std::vector<Event> all;
  for (const auto& [incarnation, room] : rooms_) {
    for (Event& end : ends_of(incarnation, room, alive_unix_ms)) {
      end.time_unix_ms = now_unix_ms;
      all.push_back(std::move(end));
    }
  }
  return all;
}

}  // namespace veche::events
