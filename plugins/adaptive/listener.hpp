// SPDX-License-Identifier: Apache-2.0
// What one listener gets: its protection, its budget and its quality together.
#pragma once

#include <veche/controller.h>

#include <cstdint>
#include <veche/cpp/controller.hpp>
#include <vector>

#include "adaptive/budget.hpp"
#include "adaptive/history.hpp"
#include "adaptive/quality.hpp"
#include "adaptive/settings.hpp"
#include "adaptive/shedding.hpp"

namespace veche::adaptive {

/// A track of the room, by its id.
struct TrackEntry {
  uint64_t id = 0;
  const veche_controlled_track* track = nullptr;
  Publisher* publisher = nullptr;
};

/// What one listener needs of a track.
struct Need {
  uint32_t entry = 0;  ///< Index of its TrackEntry.
  float loss = 0;
  uint32_t share_bps = 0;  ///< Of a voice in a limited listener; 0: it is not limited.
};

/// Memory of one call, used again by the next.
struct Scratch {
  std::vector<TrackEntry> tracks;  ///< By id.
  std::vector<Need> losses, shares;
  std::vector<uint32_t> order;  ///< Routes of one session, the most important first.
  std::vector<uint32_t> entries;
  std::vector<Want> wants;
  std::vector<Given> given;

  /// Index of a track's entry, tracks.size() if there is none.
  uint32_t find(uint64_t track) const;
};

/// What a slot got at the last call, to be shown.
struct ShownRoute {
  uint64_t participant = 0;
  uint32_t slot = 0, price_bps = 0;
  veche_route_decision decision{};
};

class Listener {
 public:
  struct Situation {
    const Policy& policy;
    bool is_in_largest_room = false;
    int64_t now_ns = 0;
  };

  /// Writes the decisions about the session and its routes, and adds what it needs of tracks to
  /// `scratch`.
  void decide(const RoomControl& room, const veche_controlled_session& session,
              const Situation& situation, Scratch& scratch);

  const std::vector<ShownRoute>& routes() const { return routes_; }
  const veche_controlled_session& seen() const { return seen_; }
  const veche_session_decision& decided() const { return decided_; }
  const Budget& budget() const { return budget_; }
  uint8_t shedding() const { return shedding_.level(); }
  const History& history() const { return history_; }
  uint32_t cut() const { return cut_; }                    ///< Slots that get nothing.
  uint32_t protected_count() const { return protected_; }  ///< Slots with redundancy.

 private:
  using Routes = Strided<const veche_controlled_route>;

  /// What holds for all slots of a call.
  struct Shared {
    bool is_first_only = false, resends = true, is_shed = false;
    uint32_t unasked = VECHE_PROTECT_AS_PUBLISHED;  ///< Of a slot that needs no redundancy.
    Reason unresent = Reason::None;                 ///< Why lost packets are not sent again.
  };

  void sort_routes(const Routes& routes, Scratch& scratch) const;
  uint64_t price_routes(const Routes& routes, const Situation& situation, Scratch& scratch) const;
  Shared what_all_share(const Situation& situation) const;
  static Reason reason_for(const Shared& shared, const Want& want, const Given& given,
                           bool can_resend);
  void write_routes(const RoomControl& room, const Routes& routes, const Situation& situation,
                    Scratch& scratch);
  void tell_needs(const Routes& routes, Scratch& scratch) const;
  void judge_quality(const Routes& routes, const Scratch& scratch, int64_t now_ns);
  void remember(const Scratch& scratch, int64_t now_ns);

  Protection protection_;
  Congestion congestion_;
  Budget budget_;
  Shedding shedding_;
  QualityWatch quality_;
  History history_;
  std::vector<ShownRoute> routes_;
  veche_controlled_session seen_{};
  veche_session_decision decided_{};
  uint32_t cut_ = 0, protected_ = 0;
};

}  // namespace veche::adaptive
