// SPDX-License-Identifier: Apache-2.0
// A media layer without media: records the calls, and reports what the test wants.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "media/engine.hpp"
#include "room/room_settings.hpp"

namespace veche::room {

class FakeSession : public media::Session {
 public:
  FakeSession(media::SessionRequest made_of, media::SessionEvents events)
      : request(std::move(made_of)), events_(std::move(events)), publishes_(request.publish_audio) {
    for (const sdp::SectionPlan& section : request.plan.sections) {
      if (section.use == sdp::SectionUse::Track) {
        tracks_.push_back(
            {TrackId::next(), section.mid, section.kind, section.red_payload_type != 0});
      } else if (section.use == sdp::SectionUse::Slot) {
        slots_.push_back({section.mid, section.kind, section.red_payload_type != 0, section.nack});
      }
    }
  }

  SessionId id() const override { return id_; }
  const std::vector<media::SessionTrack>& tracks() const override {
    return publishes_ ? tracks_ : no_tracks_;
  }
  void publish() override { publishes_ = true; }
  const std::vector<media::SessionSlot>& slots() const override { return slots_; }
  media::SessionStatistics statistics() const override {
    media::SessionStatistics statistics;
    statistics.packets_received = 7;
    statistics.path = media::to_string(request.path.value_or(media::PathKind::Wire));
    statistics.round_trip_ms = 12.5;
    statistics.jitter_in_ms = 1.25;
    statistics.jitter_out_ms = 2.5;
    statistics.lost_in = 3;
    statistics.lost_out = -1;
    statistics.track_packets_limited = limited;
    statistics.link = link;
    statistics.slot_bytes_sent = slot_bytes_sent;
    statistics.slots = slot_statistics;
    statistics.tracks = track_statistics;
    statistics.lane_load = lane_load;
    return statistics;
  }
  void protect(size_t slot, media::Protection protection) override {
    protections[slot] = protection;
    ++commands;
  }
  void report_loss(TrackId track, float part) override {
    reported_losses[track] = part;
    ++commands;
  }
  void wish(uint32_t bps) override {
    wished_bps = bps;
    ++commands;
  }
  void set_active(size_t slot, bool active) override {
    active_slots[slot] = active;
    ++commands;
  }
  /// Its client accepts redundant audio, and may ask for lost packets.
  void make_able() {
    for (media::SessionSlot& slot : slots_) slot.can_repeat = slot.can_resend = true;
  }
  Status keep_headers(uint32_t seconds) override {
    if (!connected_) return Error{ErrorCode::Conflict, "not connected"};
    headers_s = seconds;
    return Ok{};
  }
  Result<std::string> headers() override {
    if (headers_s == 0) return not_found("not asked for");
    return std::string("pcapng");
  }
  void restart_ice(const std::string& client_ufrag,
                   std::function<void(Result<std::string>)> done) override {
    restarts.emplace_back(client_ufrag, std::move(done));
  }
  void close() override { ++closed; }

  // Like the real one, these use the session after the callback, so that ASan finds a callback that
  // frees it.
  void answer(Result<std::string> sdp = std::string("answer")) {
    events_.answered(std::move(sdp));
    ++events_sent_;
  }
  void connect() {
    connected_ = true;
    events_.connected();
    ++events_sent_;
  }
  void end(media::SessionEnd why, const std::string& detail = {}) {
    events_.ended(why, detail);
    ++events_sent_;
  }

  const media::SessionRequest request;
  int closed = 0;
  std::vector<std::pair<std::string, std::function<void(Result<std::string>)>>> restarts;
  uint32_t headers_s = 0;                           ///< The last request.
  std::map<size_t, bool> active_slots;              ///< The last state of each.
  std::vector<uint64_t> limited;                    ///< By track: packets beyond what it may send.
  std::map<size_t, media::Protection> protections;  ///< The last of each slot.
  std::map<TrackId, float> reported_losses;         ///< The last of each track.
  uint32_t wished_bps = 0;                          ///< The last one.
  int commands = 0;                                 ///< Calls of these four, in all.
  // What statistics() shows.
  media::LinkStatistics link;
  std::vector<uint64_t> slot_bytes_sent;
  std::vector<media::SlotStatistics> slot_statistics;
  std::vector<media::TrackStatistics> track_statistics;
  float lane_load = 0;

 private:
  const SessionId id_ = SessionId::next();
  media::SessionEvents events_;
  bool publishes_;
  const std::vector<media::SessionTrack> no_tracks_;
  std::vector<media::SessionTrack> tracks_;
  std::vector<media::SessionSlot> slots_;
  int events_sent_ = 0;
  bool connected_ = false;
};

/// The calls to a FakeRoom; it outlives the room.
struct FakeRoomLog {
  bool open = true;
  std::vector<std::shared_ptr<FakeSession>> sessions;
  std::map<ParticipantId, bool> muted, listening;
  std::map<ParticipantId, std::vector<media::Preference>> preferences;
  std::map<ParticipantId, uint32_t> max_speakers;
  std::map<ParticipantId, std::map<std::string, std::string>> attributes;
  std::map<ParticipantId, uint64_t> tags;
  std::vector<ParticipantId> forgotten;
  std::vector<std::string> settings;
  std::function<void(const media::Selection&)> poll;
  int polls = 0;

  FakeSession& newest() { return *sessions.back(); }
};

class FakeRoom : public media::Room {
 public:
  FakeRoom(RoomId id, std::shared_ptr<FakeRoomLog> log) : id_(id), log_(std::move(log)) {}
  ~FakeRoom() override { log_->open = false; }
  RoomId id() const override { return id_; }
  Status use_selector_settings(const std::string& json) override {
    log_->settings.push_back(json);
    return Ok{};
  }
  std::shared_ptr<media::Session> open_session(media::SessionRequest request,
                                               media::SessionEvents events) override {
    auto session = std::make_shared<FakeSession>(std::move(request), std::move(events));
    log_->sessions.push_back(session);
    return session;
  }
  void set_muted(ParticipantId participant, bool muted) override {
    log_->muted[participant] = muted;
  }
  void set_listening(ParticipantId participant, bool listening) override {
    log_->listening[participant] = listening;
  }
  void set_preferences(ParticipantId participant,
                       const std::vector<media::Preference>& preferences) override {
    log_->preferences[participant] = preferences;
  }
  void set_max_speakers(ParticipantId participant, uint32_t count) override {
    log_->max_speakers[participant] = count;
  }
  void set_attributes(ParticipantId participant,
                      const std::map<std::string, std::string>& attributes) override {
    log_->attributes[participant] = attributes;
  }
  void set_tag(ParticipantId participant, uint64_t tag) override { log_->tags[participant] = tag; }
  void forget(ParticipantId participant) override { log_->forgotten.push_back(participant); }
  void poll_selection(std::function<void(const media::Selection&)> callback) override {
    ++log_->polls;
    log_->poll = std::move(callback);
  }

 private:
  const RoomId id_;
  const std::shared_ptr<FakeRoomLog> log_;
};

/// The part of rooms' policies that the fake engine's selector has. The engine checks it.
class SelectorSettings : public RoomSettings {
 public:
  std::string name() const override { return "forwarding"; }
  Result<std::string> complete(const std::string& json) const override { return json; }
  void changed(const std::string&, const std::string&) override {}
};

class FakeTaps : public media::TrackTaps {
 public:
  void use(media::TrackTap&) override {}
  void release(media::TrackTap& tap) override { tap.released(); }
  Status open(media::TrackTap&, TrackId) override { return not_found("no track"); }
  Status close(media::TrackTap&, TrackId) override { return not_found("no tap"); }
};

class FakeEngine : public media::Engine {
 public:
  std::unique_ptr<media::Room> open_room(RoomId id) override {
    rooms.push_back(std::make_shared<FakeRoomLog>());
    return std::make_unique<FakeRoom>(id, rooms.back());
  }
  void use_selector(media::Selector* used, std::function<void()> done) override {
    used_selectors.push_back(used);
    waiting.push_back(std::move(done));
  }
  void use_packet_policy(media::PacketPolicy* used, std::function<void()> done) override {
    used_policies.push_back(used);
    waiting.push_back(std::move(done));
  }
  void after_lanes(std::function<void()> done) override { waiting.push_back(std::move(done)); }
  std::string selector_name() const override { return selector; }
  Status check_selector_settings(const std::string& json) override {
    if (refused_settings) return *refused_settings;
    if (selector != "forwarding") return Ok{};
    if (json == R"({"max_speakers":3})" || json == "{}") return Ok{};
    return invalid("max_speakers must be 1 to 16.");
  }
  std::vector<media::LaneStatistics> lanes() const override { return lane_statistics; }
  media::SessionsInMaking sessions_in_making() const override { return in_making; }
  media::PortUse ports() const override { return port_use; }
  media::SessionCost session_cost(media::PathKind of) const override {
    return media::session_cost(of, 1);
  }
  void put_metrics(MetricSink&) const override {}
  media::PathKind default_path() const override { return path; }
  bool has_path(media::PathKind asked) const override {
    return has_wire || asked == media::PathKind::Pipeline;
  }
  media::TrackTaps& track_taps() override { return taps; }
  bool idle() const override { return true; }

  FakeTaps taps;
  SelectorSettings selector_settings;
  std::string selector = "forwarding";
  std::optional<Error> refused_settings;
  media::PathKind path = media::PathKind::Wire;
  bool has_wire = true;
  media::SessionsInMaking in_making;
  media::PortUse port_use{1000, 2};
  std::vector<media::LaneStatistics> lane_statistics{{.packets_in = 7}};
  std::vector<std::shared_ptr<FakeRoomLog>> rooms;
  std::vector<media::Selector*> used_selectors;
  std::vector<media::PacketPolicy*> used_policies;
  std::vector<std::function<void()>> waiting;  ///< Until the lanes release the former ones.
};

}  // namespace veche::room
