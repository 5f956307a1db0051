// SPDX-License-Identifier: Apache-2.0
// A controller made with the C++ wrapper: protects listeners that lose packets, and asks publishers
// for less where a listener's link is full.
#include <algorithm>
#include <array>
#include <map>
#include <veche/plugin.hpp>

#ifndef ID
#define ID "org.example.steady"
#define EXTENSION veche::Controller
#endif

namespace {

class Steady {
 public:
  static constexpr veche::Info kInfo{
      .id = ID, .license = "Apache-2.0", .summary = "Protects listeners that lose packets."};
  enum Reason : uint32_t { kNone, kLoss, kCongestion };
  static constexpr std::array kReasons{"", "loss", "congestion"};

  void control(const veche::RoomControl& room) {
    for (const veche_controlled_session& session : room.sessions()) {
      const bool is_full = session.capacity_bps != 0 && session.used_bps > session.capacity_bps;
      // Loss of a second ago counts as well.
      float& loss = losses_[session.session];
      loss = std::max(session.loss, loss * 0.9f);
      for (const veche_controlled_route& route : room.routes(session)) {
        veche_route_decision& decided = room.decision(route);
        if (is_full && (route.flags & VECHE_ROUTE_DOMINANT) == 0) {
          decided.target = VECHE_TARGET_OFF;
          decided.reason = kCongestion;
        } else if (loss > 0.05f && (route.flags & VECHE_ROUTE_ABLE_REDUNDANCY) != 0) {
          decided.protection = VECHE_PROTECT_ONE;
          decided.reason = kLoss;
        }
      }
      for (const veche_controlled_track& track : room.tracks(session)) {
        if ((track.flags & VECHE_TRACK_HINTED) != 0 && track.listener_count == 0) {
          room.decision(track).max_bitrate_bps = 16'000;
        }
      }
      veche_session_decision& decided = room.decision(session);
      decided.wish_bps = is_full ? session.used_bps : 0;
      decided.quality = is_full ? VECHE_QUALITY_POOR : VECHE_QUALITY_GOOD;
      decided.reason = is_full ? kCongestion : kNone;
    }
  }
  void forget_session(uint64_t session) { losses_.erase(session); }

 private:
  std::map<uint64_t, float> losses_;
};

}  // namespace

VECHE_EXPORT_PLUGIN(Steady, EXTENSION);
