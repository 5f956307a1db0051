// SPDX-License-Identifier: Apache-2.0
// Rooms, participants and plugins as JSON.
#include "http/api/views.hpp"

#include "glib/json.hpp"
#include "http/api/resource_fields.hpp"

namespace veche::http {
namespace {

/// The current values of all fields that a patch can change.
room::ParticipantPatch state_of(const room::Participant& participant) {
  const room::ParticipantSettings& settings = participant.settings();
  return {.name = participant.name(),
          .metadata = settings.metadata,
          .permissions = settings.permissions,
          .max_audio_slots = settings.max_audio_slots,
          .max_video_slots = settings.max_video_slots,
          .muted_by_backend = participant.muted_by_backend(),
          .muted_by_self = participant.muted_by_self(),
          .pinned = participant.pinned(),
          .blocked = participant.blocked()};
}

}  // namespace

void write_room(glib::JsonWriter& json, const room::Room& room) {
  room::RoomPolicy policy = room.policy();
  policy.max_participants = room.max_participants();
  policy.path = policy.path.value_or(room.server().engine().default_path());
  policy.audio_packets_per_s = room.audio_rates().packets_per_s;
  policy.audio_bitrate_bps = room.audio_rates().bitrate_bps;
  json.begin_object().key("id").string(room.id());
  json.key("incarnation").string(room.incarnation());
  json.key("created_at").string(rfc3339(room.created_unix_ms()));
  glib::write_fields(json, room_fields<room::RoomPolicy>(), policy);
  json.key("participants").integer(static_cast<int64_t>(room.participants().size()));
  json.key("notices").begin_object();
  for (const auto& [plugin, notice] : room.notices()) json.key(plugin).verbatim(notice);
  json.end_object();
  for (const auto& [plugin, settings] : policy.plugins) json.key(plugin).raw(settings);
  json.end_object();
}

std::string room_json(const room::Room& room) {
  glib::JsonWriter json;
  write_room(json, room);
  return json.text();
}

std::string patchable_json(const room::Participant& participant) {
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, participant_fields(), state_of(participant));
  return json.end_object().text();
}

void write_participant(glib::JsonWriter& json, const room::Participant& participant) {
  json.begin_object().key("id").string(participant.id());
  glib::write_fields(json, participant_fields(), state_of(participant));
  json.key("muted_by_backend").boolean(participant.muted_by_backend());
  json.key("muted_by_self").boolean(participant.muted_by_self());
  json.key("source_number").integer(participant.source_number());
  json.key("state").string(room::to_string(participant.session_state()));
  json.key("tracks").begin_array();
  for (const room::TrackView& track : participant.tracks()) {
    json.begin_object().key("id").integer(static_cast<int64_t>(track.track));
    json.key("mid").string(track.mid).key("kind").string(track.kind).end_object();
  }
  json.end_array().key("slot_state").begin_array();
  for (const room::SlotView& slot : participant.slots()) write_slot(json, slot);
  json.end_array().key("join_phases_ms");
  write_join_phases(json, participant.statistics());
  json.key("joined_at").string(rfc3339(participant.joined_unix_ms()));
  json.end_object();
}

std::string participant_json(const room::Participant& participant) {
  glib::JsonWriter json;
  write_participant(json, participant);
  return json.text();
}

void write_slot(glib::JsonWriter& json, const room::SlotView& slot) {
  json.begin_object().key("mid").string(slot.mid).key("kind").string(slot.kind);
  json.key("participant").string(slot.participant);
  json.key("track").integer(static_cast<int64_t>(slot.track)).end_object();
}

namespace {

const char* kind_of(const plugin::MetricInfo& metric) {
  switch (metric.kind) {
    case VECHE_METRIC_GAUGE: return "gauge";
    case VECHE_METRIC_HISTOGRAM: return "histogram";
    default: return "counter";
  }
}

void write_metric(glib::JsonWriter& json, const plugin::MetricInfo& metric) {
  json.begin_object().key("name").string(metric.name).key("help").string(metric.help);
  json.key("kind").string(kind_of(metric)).key("value").integer(metric.value);
  if (metric.kind == VECHE_METRIC_HISTOGRAM) {
    json.key("bounds").begin_array();
    for (const int64_t bound : metric.bounds) json.integer(bound);
    json.end_array().key("counts").begin_array();
    for (const uint64_t count : metric.counts) json.integer(static_cast<int64_t>(count));
    json.end_array();
  }
  json.end_object();
}

}  // namespace

void write_plugin(glib::JsonWriter& json, const plugin::PluginInfo& plugin) {
  json.begin_object().key("name").string(plugin.name).key("id").string(plugin.id);
  json.key("version").string(plugin.version).key("license").string(plugin.license);
  json.key("summary").string(plugin.summary).key("path").string(plugin.path);
  json.key("state").string(plugin.state).key("error").string(plugin.error);
  json.key("required").boolean(plugin.required);
  json.key("serves_metrics").boolean(plugin.serves_metrics).key("offers");
  glib::write_value(json, plugin.offers);
  json.key("routes").begin_array();
  for (const plugin::RouteInfo& route : plugin.routes) {
    json.begin_object().key("method").string(route.method).key("pattern").string(route.pattern);
    json.key("summary").string(route.summary).key("access").string(route.access).end_object();
  }
  json.end_array().key("hooks").begin_array();
  for (const plugin::HookInfo& hook : plugin.hooks) {
    json.begin_object().key("name").string(hook.name);
    json.key("calls").integer(static_cast<int64_t>(hook.calls));
    json.key("total_ns").integer(static_cast<int64_t>(hook.total_ns));
    json.key("max_ns").integer(static_cast<int64_t>(hook.max_ns));
    json.key("limit_ns").integer(static_cast<int64_t>(hook.limit_ns));
    json.key("slow").integer(static_cast<int64_t>(hook.slow));
    json.key("failures").integer(static_cast<int64_t>(hook.failures)).end_object();
  }
  json.end_array().key("metrics").begin_array();
  for (const plugin::MetricInfo& metric : plugin.metrics) write_metric(json, metric);
  json.end_array().key("bad_verdicts").integer(static_cast<int64_t>(plugin.bad_verdicts));
  json.key("bad_targets").integer(static_cast<int64_t>(plugin.bad_targets));
  json.key("wrong_thread").integer(static_cast<int64_t>(plugin.wrong_thread));
  json.key("config_schema");
  if (plugin.config_schema.empty()) {
    json.null();
  } else {
    json.raw(plugin.config_schema);
  }
  json.end_object();
}

void write_ice_servers(glib::JsonWriter& json, const std::vector<IceServerView>& servers) {
  json.begin_array();
  for (const IceServerView& server : servers) {
    json.begin_object().key("urls");
    glib::write_value(json, server.urls);
    if (!server.username.empty()) {
      json.key("username").string(server.username).key("credential").string(server.credential);
    }
    json.end_object();
  }
  json.end_array();
}

EntityTag tag_of(const room::Room& room, const std::string& json) {
  return {room.created_unix_ms(), room.revision(), json};
}

EntityTag tag_of(const room::Participant& participant, const std::string& json) {
  // Source numbers are not reused soon, so they tell a participant from a later one of that name.
  return {participant.source_number(), participant.revision(), json};
}

}  // namespace veche::http
