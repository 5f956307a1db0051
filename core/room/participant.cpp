// SPDX-License-Identifier: Apache-2.0
// Changes a participant's settings and preferences, and applies them to the media layer. Its
// session is in participant_session.cpp.
#include "room/participant.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/checks.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::room {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "publish audio, publish video, listen"
std::string text_of(const Permissions& permissions) {
  std::string text;
  const auto add = [&text](bool allowed, const char* what) {
    if (allowed) text.append(text.empty() ? "" : ", ").append(what);
  };
  add(permissions.publish_audio, "publish audio");
  add(permissions.publish_video, "publish video");
  add(permissions.subscribe, "listen");
  return text.empty() ? "do nothing" : text;
}

std::string preferences_json(const std::vector<std::string>& pinned,
                             const std::vector<std::string>& blocked) {
  return glib::JsonWriter()
      .begin_object()
      .key("pinned")
      .integer(static_cast<int64_t>(pinned.size()))
      .key("blocked")
      .integer(static_cast<int64_t>(blocked.size()))
      .end_object()
      .text();
}

}  // namespace

Participant::Participant(Room& room, std::string name_id, ParticipantSettings settings)
    : room_(room),
      id_(std::move(name_id)),
      number_(ParticipantId::next()),
      source_number_(room.server().take_source_number()),
      settings_(std::move(settings)),
      joined_unix_ms_(unix_ms()),
      without_session_ns_(room.server().now_ns()),
      trace_(room.server().take_trace(room.id(), id_)) {
  note(Trace::Kind::Change, "participant.added");
}

Participant::~Participant() = default;

log::About Participant::about() const { return {room_.id(), id_, session_name_}; }

const std::string& Participant::name() const {
  return settings_.name.empty() ? id_ : settings_.name;
}

Status Participant::update(const ParticipantPatch& patch) {
  assert(is_on_control());
  ParticipantSettings settings = settings_;
  settings.name = patch.name.value_or(settings.name);
  settings.metadata = patch.metadata.value_or(settings.metadata);
  settings.permissions = patch.permissions.value_or(settings.permissions);
  settings.max_audio_slots = patch.max_audio_slots.value_or(settings.max_audio_slots);
  settings.max_video_slots = patch.max_video_slots.value_or(settings.max_video_slots);
  std::vector<std::string> pinned = patch.pinned.value_or(pinned_);
  std::vector<std::string> blocked = patch.blocked.value_or(blocked_);
  const bool muted = patch.muted.value_or(muted_);

  // Metadata is parsed to be checked; a client's mutes and pins leave it as it is.
  if (settings != settings_) {
    if (Status status = check_settings(settings, room_.server().limits()); !status)
      return status.error();
  }
  if (Status status = check_names("pinned", pinned); !status) return status.error();
  if (Status status = check_names("blocked", blocked); !status) return status.error();

  const bool roster_changed =
      settings.name != settings_.name || settings.metadata != settings_.metadata || muted != muted_;
  if (!roster_changed && settings == settings_ && pinned == pinned_ && blocked == blocked_) {
    return Ok{};
  }
  const bool preferences_changed = pinned != pinned_ || blocked != blocked_;
  const bool was_muted = std::exchange(muted_, muted);
  const Permissions before = settings_.permissions;
  settings_ = std::move(settings);
  pinned_ = std::move(pinned);
  blocked_ = std::move(blocked);
  ++revision_;
  if (muted_ != was_muted) {
    log::info("room", muted_ ? "is muted" : "is unmuted", about());
    note(Trace::Kind::Change, muted_ ? "muted" : "unmuted");
  }
  if (settings_.permissions != before) {
    log::info("room", "may now " + text_of(settings_.permissions), about());
    note("permissions", "may", text_of(settings_.permissions));
    room_.server().revocations().outdate(room_.id(), id_, unix_ms());
  }
  if (preferences_changed) {
    note(Trace::Kind::Change, "preferences", preferences_json(pinned_, blocked_));
  }
  apply_all();
  if (roster_changed) room_.roster_changed(*this);
  room_.server().emit(room_, "participant.updated", id_, profile_json());
  return Ok{};
}

void Participant::apply_all() {
  if (!session_) return;
  room_.media().set_muted(number_, muted_ || !settings_.permissions.publish_audio);
  room_.media().set_max_speakers(number_, settings_.max_audio_slots);
  apply_preferences();
}

void Participant::apply_preferences() {
  if (!session_) return;
  // A participant that is not in the room has no number; Room calls again when it joins.
  std::map<ParticipantId, media::Preference> preferences;
  for (const std::string& name : pinned_) {
    if (const Participant* other = room_.find(name)) {
      preferences[other->number_] = {other->number_, true, false};
    }
  }
  for (const std::string& name : blocked_) {
    if (const Participant* other = room_.find(name)) {
      preferences[other->number_] = {other->number_, false, true};
    }
  }
  std::vector<media::Preference> list;
  list.reserve(preferences.size());
  for (const auto& [number, preference] : preferences) list.push_back(preference);
  room_.media().set_preferences(number_, list);
}

bool Participant::prefers(const std::string& participant) const {
  return contains(pinned_, participant) || contains(blocked_, participant);
}

std::string Participant::profile_json() const {
  return glib::JsonWriter()
      .begin_object()
      .key("name")
      .string(name())
      .key("metadata")
      .verbatim(settings_.metadata)
      .key("muted")
      .boolean(muted_)
      .key("source_number")
      .integer(source_number_)
      .end_object()
      .text();
}

}  // namespace veche::room
