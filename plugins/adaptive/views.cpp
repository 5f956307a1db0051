// SPDX-License-Identifier: Apache-2.0
// One function for each object of an answer; schemas.hpp describes them.
#include "adaptive/views.hpp"

#include <cmath>
#include <utility>
#include <veche/cpp/json.hpp>

namespace veche::adaptive {
namespace {

constexpr const char* kQualities[] = {"unknown", "good", "fair", "poor"};
constexpr const char* kLinks[] = {"unknown", "reports", "feedback"};

std::string_view name_of(const Names& names, uint64_t participant) {
  const auto found = names.find(participant);
  return found != names.end() ? std::string_view(found->second) : std::string_view();
}

template <size_t kCount>
std::string_view word_of(const char* const (&words)[kCount], uint32_t index) {
  return words[index < kCount ? index : 0];
}

std::string_view reason_of(uint32_t index) { return kReasons[index < kReasons.size() ? index : 0]; }

/// A part, 0 to 1, with four digits.
Json part(float value) { return std::round(static_cast<double>(value) * 1e4) / 1e4; }

Json slot_json(const ShownRoute& route, const Names& names) {
  const uint32_t protection = route.decision.protection;
  const uint32_t redundancy = protection & VECHE_PROTECT_REDUNDANCY;
  Json json;
  json["slot"] = route.slot;
  json["participant"] = name_of(names, route.participant);
  json["gets"] = route.decision.target == VECHE_TARGET_OFF ? "nothing" : "all";
  json["redundancy"] = redundancy == VECHE_PROTECT_AS_PUBLISHED ? Json() : Json(redundancy);
  json["retransmission"] = (protection & VECHE_PROTECT_RETRANSMIT) != 0;
  json["price_bps"] = route.price_bps;
  json["reason"] = reason_of(route.decision.reason);
  return json;
}

void write_listener(Json& json, const Listener& listener, const Names& names) {
  const veche_controlled_session& seen = listener.seen();
  json["quality"] = word_of(kQualities, listener.decided().quality);
  json["reason"] = reason_of(listener.decided().reason);
  json["link"] = word_of(kLinks, seen.link);
  json["capacity_bps"] = seen.capacity_bps;
  json["at_limit"] = (seen.flags & VECHE_SESSION_AT_LIMIT) != 0;
  json["used_bps"] = seen.used_bps;
  json["budget_bps"] = listener.budget().bps();
  json["wish_bps"] = listener.decided().wish_bps;
  json["queue_ms"] = seen.queue_us / 1000;
  json["round_trip_ms"] = seen.round_trip_us / 1000;
  json["loss"] = part(seen.loss);
  json["loss_floor"] = part(seen.loss_floor);
  json["shedding"] = uint32_t{listener.shedding()};
  Json& slots = json["slots"] = Json::Array();
  for (const ShownRoute& route : listener.routes()) slots.push_back(slot_json(route, names));
}

Json track_json(const Published& published) {
  const veche_controlled_track& seen = published.seen;
  const Asked& asked = published.publisher.asked();
  Json json;
  json["track"] = static_cast<int64_t>(seen.track);
  json["listeners"] = seen.listener_count;
  json["bitrate_bps"] = seen.bitrate_bps;
  json["loss"] = part(seen.loss);
  json["max_bitrate_bps"] = asked.max_bitrate_bps;
  json["packet_ms"] = asked.packet_ms;
  json["dtx"] = asked.dtx;
  json["reported_loss"] = part(asked.reported_loss);
  json["reason"] = reason_of(index_of(asked.reason));
  return json;
}

Json sample_json(const Sample& sample, const Moment& now) {
  Json json;
  json["time_unix_ms"] = now.unix_ms - (now.steady_ns - sample.at_ns) / kMillisecond;
  json["quality"] = word_of(kQualities, sample.quality);
  json["capacity_bps"] = sample.capacity_bps;
  json["used_bps"] = sample.used_bps;
  json["budget_bps"] = sample.budget_bps;
  json["queue_ms"] = sample.queue_us / 1000;
  json["loss"] = part(sample.loss);
  json["slots_on"] = uint32_t{sample.on};
  json["slots_cut"] = uint32_t{sample.cut};
  json["redundancy"] = uint32_t{sample.repeated};
  return json;
}

}  // namespace

std::string room_json(const Rooms& rooms, const RoomState* state, const std::string& room,
                      Mode mode, const Names& names) {
  Json json;
  json["room"] = room;
  json["mode"] = veche::adaptive::name_of(mode);
  Json& listeners = json["listeners"] = Json::Array();
  Json& publishers = json["publishers"] = Json::Array();
  static const std::vector<uint64_t> none;
  for (const uint64_t id : state != nullptr ? state->sessions : none) {
    const SessionState* session = rooms.find_session(id);
    if (session == nullptr) continue;
    Json listener;
    listener["participant"] = name_of(names, session->participant);
    write_listener(listener, session->listener, names);
    listeners.push_back(std::move(listener));
    for (const Published& published : session->published) {
      Json track = track_json(published);
      track["participant"] = name_of(names, session->participant);
      publishers.push_back(std::move(track));
    }
  }
  return json.text();
}

std::string participant_json(const SessionState* session, const std::string& participant, Mode mode,
                             const Names& names, const Moment& now) {
  static const SessionState none;
  const SessionState& shown = session != nullptr ? *session : none;
  Json json;
  json["participant"] = participant;
  json["mode"] = veche::adaptive::name_of(mode);
  write_listener(json, shown.listener, names);
  Json& tracks = json["tracks"] = Json::Array();
  for (const Published& published : shown.published) tracks.push_back(track_json(published));
  Json& history = json["history"] = Json::Array();
  const History& samples = shown.listener.history();
  for (size_t i = 0; i < samples.size(); ++i) history.push_back(sample_json(samples.at(i), now));
  return json.text();
}

}  // namespace veche::adaptive
