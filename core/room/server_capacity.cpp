// SPDX-License-Identifier: Apache-2.0
// Decides whether there is room for one more participant, and says why not.
#include <cassert>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

/// New participants may ask all the time; the log mentions it once in this time.
constexpr int64_t kTellFullNs = 60 * kNsPerS;

}  // namespace

CapacityReport Server::capacity(std::optional<media::PathKind> path) const {
  assert(is_on_control());
  Carried carried;
  for (const auto& [id, room] : rooms_) {
    carried.participants += static_cast<int64_t>(room->participants().size());
    carried.connected += static_cast<int64_t>(room->sessions_.size());
    carried.awaited_events += room->awaited_events();
  }
  carried.max_participants =
      static_cast<int64_t>(limits_.max_rooms) * static_cast<int64_t>(limits_.max_participants);
  return admission_.report(path.value_or(engine_.default_path()), carried, now_ns_);
}

int64_t Server::descriptors_to_leave(int64_t limit) const {
  assert(is_on_control());
  return admission_.promised_descriptors(now_ns_) + descriptor_reserve(limit) / 2;
}

Status Server::takes_participants(std::optional<media::PathKind> path) {
  if (Status status = takes_new("participants"); !status) return status.error();
  const CapacityReport report = capacity(path);
  if (report.head_room > 0) return Ok{};
  if (!told_full_ns_ || now_ns_ - *told_full_ns_ >= kTellFullNs) {
    told_full_ns_ = now_ns_;
    log::warning("room", "full: new participants are refused for now; " + report.bound_text());
  }
  return Error{ErrorCode::OverCapacity,
               "The server is full: it refuses new participants until others leave (" +
                   report.bound_text() + ")."};
}

}  // namespace veche::room
