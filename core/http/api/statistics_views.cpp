// SPDX-License-Identifier: Apache-2.0
// The counters of sessions as JSON, of one participant and of a room.
#include <algorithm>

#include "glib/fields.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

/// Names in JSON, and where the numbers come from.
constexpr std::pair<const char*, uint64_t media::SessionStatistics::*> kCounters[] = {
    {"packets_received", &media::SessionStatistics::packets_received},
    {"bytes_received", &media::SessionStatistics::bytes_received},
    {"packets_sent", &media::SessionStatistics::packets_sent},
    {"bytes_sent", &media::SessionStatistics::bytes_sent},
    {"packets_unwanted", &media::SessionStatistics::packets_unwanted},
    {"packets_dropped", &media::SessionStatistics::packets_dropped},
    {"packets_limited", &media::SessionStatistics::packets_limited},
    {"send_failures", &media::SessionStatistics::send_failures},
};

void write_statistics(glib::JsonWriter& json, const media::SessionStatistics& statistics) {
  for (const auto& [name, counter] : kCounters) {
    json.key(name).integer(static_cast<int64_t>(statistics.*counter));
  }
  json.key("lost_in").integer(statistics.lost_in).key("lost_out").integer(statistics.lost_out);
  json.key("round_trip_ms").number(statistics.round_trip_ms);
  json.key("jitter_in_ms").number(statistics.jitter_in_ms);
  json.key("jitter_out_ms").number(statistics.jitter_out_ms);
}

/// Adds up counters, and keeps the worst of the rest.
void add(media::SessionStatistics& sum, const media::SessionStatistics& one) {
  for (const auto& [name, counter] : kCounters) sum.*counter += one.*counter;
  sum.lost_in += one.lost_in;
  sum.lost_out += one.lost_out;
  sum.round_trip_ms = std::max(sum.round_trip_ms, one.round_trip_ms);
  sum.jitter_in_ms = std::max(sum.jitter_in_ms, one.jitter_in_ms);
  sum.jitter_out_ms = std::max(sum.jitter_out_ms, one.jitter_out_ms);
}

}  // namespace

void write_join_phases(glib::JsonWriter& json, const media::SessionStatistics& statistics) {
  json.begin_object().key("wait").number(statistics.wait_ms);
  json.key("negotiation").number(statistics.negotiation_ms);
  json.key("ice").number(statistics.ice_ms).key("connect").number(statistics.connect_ms);
  json.key("first_packet_in").number(statistics.first_packet_in_ms);
  json.key("first_audio").number(statistics.first_audio_ms).end_object();
}

std::string statistics_json(const room::Participant& participant) {
  const media::SessionStatistics statistics = participant.statistics();
  glib::JsonWriter json;
  json.begin_object().key("state").string(room::to_string(participant.session_state()));
  json.key("session").string(participant.session_name());
  json.key("path").string(statistics.path);
  write_statistics(json, statistics);
  json.key("join_phases_ms");
  write_join_phases(json, statistics);
  json.key("slots").begin_array();
  const std::vector<room::SlotView> slots = participant.slots();
  for (size_t i = 0; i < slots.size(); ++i) {
    const auto& bytes = statistics.slot_bytes_sent;
    json.begin_object().key("mid").string(slots[i].mid);
    json.key("participant").string(slots[i].participant).key("bytes_sent");
    json.integer(i < bytes.size() ? static_cast<int64_t>(bytes[i]) : 0).end_object();
  }
  return json.end_array().end_object().text();
}

std::string statistics_json(const room::Room& room) {
  media::SessionStatistics sum;
  int64_t connected = 0, tracks = 0;
  for (const auto& [id, participant] : room.participants()) {
    if (participant->session_state() != room::SessionState::Connected) continue;
    ++connected;
    tracks += static_cast<int64_t>(participant->tracks().size());
    add(sum, participant->statistics());
  }
  glib::JsonWriter json;
  json.begin_object();
  json.key("participants").integer(static_cast<int64_t>(room.participants().size()));
  json.key("connected").integer(connected).key("tracks").integer(tracks);
  glib::write_value(json.key("speaking"), room.speakers().speaking);
  json.key("dominant").string(room.speakers().dominant);
  write_statistics(json, sum);
  return json.end_object().text();
}

}  // namespace veche::http
