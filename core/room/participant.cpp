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
#include "glib/fields.hpp"
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

/// Do other clients see a difference?
bool looks_different(const ParticipantSettings& a, const ParticipantSettings& b) {
  return a.name != b.name || a.metadata != b.metadata || a.attributes != b.attributes ||
         a.permissions != b.permissions || a.muted_by_backend != b.muted_by_backend;
}

std::string mute_json(bool by_backend) {
  return by_backend ? R"({"by":"backend"})" : R"({"by":"self"})";
}

void write_permissions(glib::JsonWriter& json, const Permissions& permissions) {
  json.begin_object().key("publish").begin_array();
  if (permissions.publish_audio) json.string("audio");
  if (permissions.publish_video) json.string("video");
  json.end_array().key("subscribe").boolean(permissions.subscribe).end_object();
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
      without_session_ns_(room.server().now_ns()) {
  note(Trace::Kind::Change, "participant.added");
}

Participant::~Participant() = default;

log::About Participant::about() const { return {room_.id(), id_, session_name_}; }

const std::string& Participant::name() const {
  return settings_.name.empty() ? id_ : settings_.name;
}

Status Participant::update(const ParticipantPatch& patch) {
  assert(is_on_control());
  ParticipantSettings settings = patched(settings_, patch);
  std::vector<std::string> pinned = patch.pinned.value_or(pinned_);
  std::vector<std::string> blocked = patch.blocked.value_or(blocked_);
  const bool muted_by_self = patch.muted_by_self.value_or(muted_by_self_);

  // Metadata is parsed to be checked; a client's mutes and pins leave it as it is.
  if (settings != settings_) {
    if (Status status = check_settings(settings, room_.server().limits()); !status)
      return status.error();
  }
  if (Status status = check_names("pinned", pinned); !status) return status.error();
  if (Status status = check_names("blocked", blocked); !status) return status.error();

  // A decision that changes nothing now still outlives the stay.
  decision_.note(patch);
  const bool preferences_changed = pinned != pinned_ || blocked != blocked_;
  const bool was_muted_by_self = std::exchange(muted_by_self_, muted_by_self);
  const bool roster_changed =
      looks_different(settings, settings_) || muted_by_self_ != was_muted_by_self;
  if (!roster_changed && !preferences_changed && settings == settings_) return Ok{};
  const ParticipantSettings before = std::exchange(settings_, std::move(settings));
  pinned_ = std::move(pinned);
  blocked_ = std::move(blocked);
  ++revision_;
  note_changes(before, was_muted_by_self);
  if (preferences_changed) {
    room_.audience().pins_changed(id_);
    note(Trace::Kind::Change, "preferences", preferences_json(pinned_, blocked_));
  }
  apply_all();
  if (settings_.permissions.publish_audio && !before.permissions.publish_audio) publish();
  if (roster_changed) room_.roster_changed(*this);
  room_.server().emit(room_, "participant.updated", id_, profile_json());
  return Ok{};
}

void Participant::note_changes(const ParticipantSettings& before, bool was_muted_by_self) {
  const auto note_mute = [this](bool is_muted, bool was_muted, bool by_backend) {
    if (is_muted == was_muted) return;
    log::info("room",
              std::string(is_muted ? "is muted" : "is unmuted") +
                  (by_backend ? " by the backend" : " by its client"),
              about());
    note(Trace::Kind::Change, is_muted ? "muted" : "unmuted", mute_json(by_backend));
  };
  note_mute(muted_by_backend(), before.muted_by_backend, true);
  note_mute(muted_by_self_, was_muted_by_self, false);
  if (settings_.permissions == before.permissions) return;
  log::info("room", "may now " + text_of(settings_.permissions), about());
  note("permissions", "may", text_of(settings_.permissions));
  room_.server().revocations().outdate(room_.id(), id_, unix_ms());
}

void Participant::apply_all() {
  if (!session_) return;
  room_.media().set_muted(number_, muted() || !settings_.permissions.publish_audio);
  room_.media().set_listening(number_, settings_.permissions.subscribe);
  room_.media().set_max_speakers(number_, settings_.max_audio_slots);
  room_.media().set_attributes(number_, settings_.attributes);
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

bool Participant::has_pinned(const std::string& participant) const {
  return contains(pinned_, participant);
}

std::string Participant::profile_json() const {
  glib::JsonWriter json;
  json.begin_object().key("name").string(name()).key("metadata").verbatim(settings_.metadata);
  glib::write_value(json.key("attributes"), settings_.attributes);
  json.key("muted").boolean(muted()).key("muted_by_backend").boolean(muted_by_backend());
  json.key("muted_by_self").boolean(muted_by_self_);
  write_permissions(json.key("permissions"), settings_.permissions);
  json.key("source_number").integer(source_number_);
  return json.end_object().text();
}

}  // namespace veche::room
