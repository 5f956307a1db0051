// SPDX-License-Identifier: Apache-2.0
// Writes the trace of a participant.
#include <algorithm>
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/participant.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

/// At most this many slots that changed together are named.
constexpr size_t kMostSlots = 8;

}  // namespace

void Participant::note(Trace::Kind kind, const char* type, std::string data, int64_t at_ns) {
  const int64_t now_ns = monotonic_ns();
  if (at_ns == 0) at_ns = now_ns;
  trace_.add(kind, {unix_ms() - (now_ns - at_ns) / kNsPerMs, at_ns, type, std::move(data)});
}

void Participant::note(const char* type, const char* key, const std::string& value) {
  note(Trace::Kind::Change, type,
       glib::JsonWriter().begin_object().key(key).string(value).end_object().text());
}

void Participant::note_slots(const std::vector<SlotView>& changed) {
  glib::JsonWriter json;
  json.begin_object().key("changed").integer(static_cast<int64_t>(changed.size()));
  json.key("slots").begin_object();
  for (size_t i = 0; i < std::min(changed.size(), kMostSlots); ++i) {
    json.key(changed[i].mid).string(changed[i].participant);
  }
  note(Trace::Kind::Activity, "slots", json.end_object().end_object().text());
}

void Participant::note_speech(bool speaks) {
  note(Trace::Kind::Activity, speaks ? "speaking.started" : "speaking.stopped");
}

void Participant::note_statistics() {
  const media::SessionStatistics statistics = session_->statistics();
  const int64_t now_ns = monotonic_ns();
  for (SessionWatch::Finding& found : watch_->look(statistics, now_ns)) {
    note(found.kind, found.type, std::move(found.data), found.at_ns);
  }
  if (session_state_ == SessionState::Connected) note_limited(statistics, now_ns);
}

void Participant::note_limited(const media::SessionStatistics& statistics, int64_t now_ns) {
  const std::vector<TrackView> all = tracks();
  for (const SessionWatch::LimitedTrack& limited : watch_->look_for_limited(statistics, now_ns)) {
    if (limited.index >= all.size()) continue;
    const TrackView& track = all[limited.index];
    const std::string data = track_json(track, limited.packets);
    log::warning("room", "its track " + track.mid + " sends more than it may", about());
    note(Trace::Kind::Activity, "track.limited", data);
    room_.server().emit(room_, "track.limited", id_, data);
  }
}

void Participant::observe(int64_t now_ns) {
  if (watch_ && session_state_ == SessionState::Connected && watch_->is_due(now_ns)) {
    note_statistics();
  }
}

Status Participant::keep_headers(uint32_t seconds) {
  assert(is_on_control());
  if (!session_) return Error{ErrorCode::Conflict, "The participant has no session."};
  const Status kept = session_->keep_headers(seconds);
  if (!kept) return kept.error();
  // A later reader of the trace should know that the session was being observed.
  note(Trace::Kind::Change, "headers.kept", R"({"seconds":)" + std::to_string(seconds) + "}");
  return Ok{};
}

Result<std::string> Participant::headers() {
  assert(is_on_control());
  if (!session_) return not_found("The participant has no session.");
  return session_->headers();
}

}  // namespace veche::room
