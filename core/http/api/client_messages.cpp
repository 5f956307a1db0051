// SPDX-License-Identifier: Apache-2.0
// Writes the messages.
#include "http/api/client_messages.hpp"

#include "glib/fields.hpp"
#include "http/api/views.hpp"
#include "http/auth/settings_fields.hpp"

namespace veche::http {
namespace {

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

void write_entries(glib::JsonWriter& json, const char* name,
                   const std::vector<room::SharedEntry>& entries) {
  json.key(name).begin_array();
  for (const room::SharedEntry& entry : entries) {
    if (entry->text.empty()) {
      glib::JsonWriter once;
      write_entry(once, *entry);
      entry->text = once.text();
    }
    json.verbatim(entry->text);
  }
  json.end_array();
}

void write_slots(glib::JsonWriter& json, const std::vector<room::SlotView>& slots) {
  json.begin_array();
  for (const room::SlotView& slot : slots) write_slot(json, slot);
  json.end_array();
}

}  // namespace

void write_entry(glib::JsonWriter& json, const room::RosterEntry& entry) {
  json.begin_object().key("participant").string(entry.participant).key("name").string(entry.name);
  json.key("metadata").verbatim(entry.metadata).key("source_number").integer(entry.source_number);
  json.key("connected").boolean(entry.connected);
  write_voice(json, entry.muted_by_backend, entry.muted_by_self, entry.permissions);
  json.end_object();
}

std::string client_message(const MessageHead& head, std::string_view data) {
  glib::JsonWriter json;
  json.begin_object().key("type").string(head.type);
  json.key("seq").integer(static_cast<int64_t>(head.seq)).key("time").string(head.time);
  if (!head.stream.empty()) json.key("stream").string(head.stream);
  if (head.id) json.key("id").integer(*head.id);
  if (!data.empty()) json.key("data").verbatim(data);
  return json.end_object().text();
}

std::string snapshot_data(const room::Snapshot& snapshot) {
  glib::JsonWriter json;
  json.begin_object().key("self");
  write_entry(json, snapshot.self);
  write_entries(json, "roster", snapshot.roster);
  json.key("participants").integer(static_cast<int64_t>(snapshot.participants));
  write_slots(json.key("slots"), snapshot.slots);
  glib::write_value(json.key("speaking"), snapshot.speaking);
  json.key("dominant").string(snapshot.dominant);
  glib::write_value(json.key("pinned"), snapshot.pinned);
  glib::write_value(json.key("blocked"), snapshot.blocked);
  for (const auto& [plugin, notice] : snapshot.notices) json.key(plugin).verbatim(notice);
  return json.end_object().text();
}

std::string resumed_data(const room::Resumption& resumption) {
  glib::JsonWriter json;
  write_entry(json.begin_object().key("self"), resumption.self);
  glib::write_value(json.key("pinned"), resumption.pinned);
  glib::write_value(json.key("blocked"), resumption.blocked);
  return json.end_object().text();
}

const std::string& roster_data(const room::RosterChange& change) {
  if (!change.text->empty()) return *change.text;
  glib::JsonWriter json;
  json.begin_object();
  write_entries(json, "joined", change.joined);
  write_entries(json, "changed", change.changed);
  glib::write_value(json.key("left"), change.left);
  glib::write_value(json.key("hidden"), change.hidden);
  json.key("participants").integer(static_cast<int64_t>(change.participants));
  return *change.text = json.end_object().text();
}

std::string slots_data(const std::vector<room::SlotView>& slots) {
  glib::JsonWriter json;
  write_slots(json, slots);
  return json.text();
}

std::string speakers_data(const room::Speakers& speakers) {
  glib::JsonWriter json;
  glib::write_value(json.begin_object().key("speaking"), speakers.speaking);
  return json.key("dominant").string(speakers.dominant).end_object().text();
}

std::string hint_data(const room::PublishHint& hint) {
  glib::JsonWriter json;
  json.begin_object().key("max_bitrate_bps").integer(hint.max_bitrate_bps);
  return json.key("fec_percent").integer(hint.fec_percent).end_object().text();
}

std::string notice_data(const room::PluginNotices& changed) {
  glib::JsonWriter json;
  json.begin_object();
  for (const auto& [plugin, notice] : changed) json.key(plugin).verbatim(notice.value_or("null"));
  return json.end_object().text();
}

std::string draining_data(std::optional<int64_t> deadline_unix_ms) {
  glib::JsonWriter json;
  json.begin_object().key("deadline");
  if (deadline_unix_ms) {
    json.string(rfc3339(*deadline_unix_ms));
  } else {
    json.null();
  }
  return json.end_object().text();
}

std::string closing_data(const char* reason, const std::string& detail) {
  glib::JsonWriter json;
  json.begin_object().key("reason").string(reason);
  if (!detail.empty()) json.key("detail").string(detail);
  return json.end_object().text();
}

std::string mute_data(const room::Participant& participant) {
  glib::JsonWriter json;
  json.begin_object();
  write_voice(json, participant.muted_by_backend(), participant.muted_by_self(),
              participant.settings().permissions);
  return json.end_object().text();
}

}  // namespace veche::http
