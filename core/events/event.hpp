// SPDX-License-Identifier: Apache-2.0
// One event of the log, and the JSON envelope in which every consumer gets it.
#pragma once

#include <cstdint>
#include <string>

namespace veche::events {

/// One event of the log. Immutable once it has an id.
struct Event {
  uint64_t id = 0;          ///< Counts up over all rooms and restarts, without gaps. From 1.
  std::string room;         ///< "" for events of the server itself.
  std::string incarnation;  ///< Of the room; "" for the server's.
  /// Counts up within the incarnation, without gaps, from 1. The log numbers the server's own
  /// events itself, within this run of the process.
  uint64_t seq = 0;
  int64_t time_unix_ms = 0;
  std::string type;         ///< "participant.joined"
  std::string participant;  ///< "" where the event is not about one.
  std::string data = "{}";  ///< A JSON object.

  friend bool operator==(const Event&, const Event&) = default;
};

/// The type of the event that tells of others that are missing: those with the ids `from` to `to`
/// of its data. Its own id is `to`.
inline constexpr const char* kGapType = "events.gap";
/// The type that a filter without types leaves out.
inline constexpr const char* kSpeakerType = "speaker.changed";

/// {"id","room","incarnation","seq","time","type","participant","data"}: `time` is RFC 3339 in UTC
/// with milliseconds; `participant` only where there is one.
std::string envelope(const Event& event);
/// The JSON Schema of an envelope.
std::string event_schema();

/// What it takes in memory and in the database, about.
size_t size_of(const Event& event);

}  // namespace veche::events
