// SPDX-License-Identifier: Apache-2.0
// Writes the messages.
#include "http/api/client_messages.hpp"

#include <functional>

#include "glib/shown.hpp"
#include "http/api/resource_fields.hpp"
#include "http/api/views.hpp"
#include "http/auth/settings_fields.hpp"

namespace veche::http {
namespace {

using glib::shown;

/// May others hear the participant, and if not, why? T is a participant, or its entry.
template <class T, class Backend, class Self, class Permissions>
glib::Fields<T> voice_fields(Backend by_backend, Self by_self, Permissions permissions) {
  return {
      shown<T>("muted", "Is either mute set?",
               [by_backend, by_self](const T& from) {
                 return std::invoke(by_backend, from) || std::invoke(by_self, from);
               }),
      shown<T>("muted_by_backend", "Is the backend's mute set?", by_backend),
      shown<T>("muted_by_self", "Is the client's own mute set?", by_self),
      glib::shown_object<T>("permissions", "", permission_fields(), permissions),
  };
}

const glib::Fields<room::RosterEntry>& entry_voice_fields() {
  using E = room::RosterEntry;
  static const glib::Fields<E> fields =
      voice_fields<E>(&E::muted_by_backend, &E::muted_by_self, &E::permissions);
  return fields;
}

const glib::Fields<room::RosterEntry>& entry_fields() {
  using E = room::RosterEntry;
  static const glib::Fields<E> fields{
      shown<E>("participant", "Its name in paths.", &E::participant),
      shown<E>("name", "For people.", &E::name),
      shown<E>("metadata", "", [](const E& from) { return glib::ObjectText{from.metadata}; }),
      {"attributes", glib::find_field(participant_fields(), "attributes")->schema, nullptr,
       [](glib::JsonWriter& json, const E& from) { glib::write_value(json, from.attributes); }},
      shown<E>("source_number", "The CSRC of everything that the participant publishes.",
               &E::source_number),
      shown<E>("connected", "Is its session connected?", &E::connected),
      shown<E>("encrypted", "Does its client encrypt its media end to end, as it says?",
               &E::is_encrypted),
  };
  return fields;
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
  json.begin_object();
  glib::write_fields(json, entry_fields(), entry);
  glib::write_fields(json, entry_voice_fields(), entry);
  json.end_object();
}

std::string entry_schema() {
  return glib::shown_schema(R"(, "title": "RosterEntry")", entry_fields(), entry_voice_fields());
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
  // One limit for all, for clients that do not read the tracks.
  uint32_t limit_bps = 0;
  for (const room::TrackHint& track : hint) {
    const uint32_t bps = track.max_bitrate_bps;
    if (bps != 0 && (limit_bps == 0 || bps < limit_bps)) limit_bps = bps;
  }
  glib::JsonWriter json;
  json.begin_object().key("max_bitrate_bps").integer(limit_bps).key("tracks").begin_array();
  for (const room::TrackHint& track : hint) {
    room::write_hint(json.begin_object(), track);
    json.end_object();
  }
  return json.end_array().end_object().text();
}

std::string notice_data(const room::PluginNotices& changed) {
  glib::JsonWriter json;
  json.begin_object();
  for (const auto& [plugin, notice] : changed) json.key(plugin).verbatim(notice.value_or("null"));
  return json.end_object().text();
}

std::string plugin_data(const std::string& plugin, const std::string& json) {
  glib::JsonWriter data;
  data.begin_object().key("name").string(plugin);
  return data.key("data").verbatim(json).end_object().text();
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
  using P = room::Participant;
  static const glib::Fields<P> fields =
      voice_fields<P>(&P::muted_by_backend, &P::muted_by_self,
                      [](const P& from) { return from.settings().permissions; });
  return glib::object_text(fields, participant);
}

}  // namespace veche::http
