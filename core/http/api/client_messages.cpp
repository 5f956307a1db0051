// SPDX-License-Identifier: Apache-2.0
// The messages of the client WebSocket as JSON.
#include "glib/fields.hpp"
#include "http/api/views.hpp"
#include "http/auth/settings_fields.hpp"

namespace veche::http {
namespace {

void begin(glib::JsonWriter& json, const char* type) {
  json.begin_object().key("type").string(type).key("data");
}

/// Into an object that has begun: may others hear the participant, and if not, why?
void write_voice(glib::JsonWriter& json, bool muted_by_backend, bool muted_by_self,
                 const room::Permissions& permissions) {
  json.key("muted").boolean(muted_by_backend || muted_by_self);
  json.key("muted_by_backend").boolean(muted_by_backend);
  json.key("muted_by_self").boolean(muted_by_self);
  json.key("permissions").begin_object();
  glib::write_fields(json, permission_fields(), permissions);
  json.end_object();
}

void write_entry(glib::JsonWriter& json, const room::RosterEntry& entry) {
  json.begin_object().key("participant").string(entry.participant).key("name").string(entry.name);
  json.key("metadata").verbatim(entry.metadata).key("source_number").integer(entry.source_number);
  json.key("connected").boolean(entry.connected);
  write_voice(json, entry.muted_by_backend, entry.muted_by_self, entry.permissions);
  json.end_object();
}

void write_entries(glib::JsonWriter& json, const char* name,
                   const std::vector<room::RosterEntry>& entries) {
  json.key(name).begin_array();
  for (const room::RosterEntry& entry : entries) write_entry(json, entry);
  json.end_array();
}

}  // namespace

namespace {

const std::string& roster_text(room::Roster& roster) {
  if (roster.text.empty()) {
    glib::JsonWriter json;
    json.begin_array();
    for (const room::RosterEntry& entry : roster.entries) write_entry(json, entry);
    roster.text = json.end_array().text();
  }
  return roster.text;
}

}  // namespace

std::string snapshot_message(const room::Snapshot& snapshot) {
  glib::JsonWriter json;
  begin(json, "snapshot");
  json.begin_object().key("self");
  write_entry(json, snapshot.self);
  json.key("roster").verbatim(roster_text(*snapshot.roster));
  json.key("slots").begin_array();
  for (const room::SlotView& slot : snapshot.slots) write_slot(json, slot);
  json.end_array();
  glib::write_value(json.key("speaking"), snapshot.speaking);
  json.key("dominant").string(snapshot.dominant);
  glib::write_value(json.key("pinned"), snapshot.pinned);
  glib::write_value(json.key("blocked"), snapshot.blocked);
  for (const auto& [plugin, notice] : snapshot.notices) json.key(plugin).verbatim(notice);
  return json.end_object().end_object().text();
}

const std::string& roster_message(const room::RosterChange& change) {
  if (!change.text->empty()) return *change.text;
  glib::JsonWriter json;
  begin(json, "roster");
  json.begin_object();
  write_entries(json, "joined", change.joined);
  write_entries(json, "changed", change.changed);
  glib::write_value(json.key("left"), change.left);
  return *change.text = json.end_object().end_object().text();
}

std::string slots_message(const std::vector<room::SlotView>& slots) {
  glib::JsonWriter json;
  begin(json, "slots");
  json.begin_array();
  for (const room::SlotView& slot : slots) write_slot(json, slot);
  return json.end_array().end_object().text();
}

std::string speakers_message(const room::Speakers& speakers) {
  glib::JsonWriter json;
  begin(json, "speakers");
  json.begin_object();
  glib::write_value(json.key("speaking"), speakers.speaking);
  json.key("dominant").string(speakers.dominant);
  return json.end_object().end_object().text();
}

std::string hint_message(const room::PublishHint& hint) {
  glib::JsonWriter json;
  begin(json, "hint");
  json.begin_object().key("max_bitrate_bps").integer(hint.max_bitrate_bps);
  json.key("fec_percent").integer(hint.fec_percent);
  return json.end_object().end_object().text();
}

std::string notice_message(const room::PluginNotices& changed) {
  glib::JsonWriter json;
  begin(json, "notice");
  json.begin_object();
  for (const auto& [plugin, notice] : changed) json.key(plugin).verbatim(notice.value_or("null"));
  return json.end_object().end_object().text();
}

std::string draining_message(std::optional<int64_t> deadline_unix_ms) {
  glib::JsonWriter json;
  begin(json, "draining");
  json.begin_object().key("deadline");
  if (deadline_unix_ms) {
    json.string(rfc3339(*deadline_unix_ms));
  } else {
    json.null();
  }
  return json.end_object().end_object().text();
}

std::string closing_message(room::EndReason reason, const std::string& detail) {
  return closing_message(room::to_string(reason), detail);
}

std::string closing_message(const char* reason, const std::string& detail) {
  glib::JsonWriter json;
  begin(json, "closing");
  json.begin_object().key("reason").string(reason);
  if (!detail.empty()) json.key("detail").string(detail);
  return json.end_object().end_object().text();
}

std::string ok_message(int64_t id) {
  glib::JsonWriter json;
  return json.begin_object().key("type").string("ok").key("id").integer(id).end_object().text();
}

std::string mute_message(int64_t id, const room::Participant& participant) {
  glib::JsonWriter json;
  json.begin_object().key("type").string("ok").key("id").integer(id);
  json.key("data").begin_object();
  write_voice(json, participant.muted_by_backend(), participant.muted_by_self(),
              participant.settings().permissions);
  return json.end_object().end_object().text();
}

std::string problem_message(int64_t id, const Problem& problem) {
  glib::JsonWriter json;
  json.begin_object().key("type").string("problem").key("id").integer(id);
  return json.key("data").verbatim(to_json(problem)).end_object().text();
}

}  // namespace veche::http
