// SPDX-License-Identifier: Apache-2.0
// Decides for all rooms, one at a time: listeners first, then the publishers that they listen to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <veche/cpp/controller.hpp>
#include <vector>

#include "adaptive/listener.hpp"

namespace veche::adaptive {

/// How many there are now, for gauges.
struct Tally {
  int64_t limited = 0;         ///< Listeners with a budget.
  int64_t cut = 0;             ///< Slots that get nothing.
  int64_t is_protected = 0;    ///< Slots with redundancy.
  int64_t fair = 0, poor = 0;  ///< Listeners.
  /// Listeners on an overloaded lane, by the level of Shedding that they have reached at least.
  std::array<int64_t, Shedding::kFewerSlots + 1> shed{};
  int64_t asked = 0;  ///< Tracks whose publisher is asked for anything.

  void add(const Tally& other, int64_t times);
};

/// How often it has happened, for counters.
struct Counts {
  int64_t limits = 0, cuts = 0, returns = 0, failed_steps = 0;
};

/// One published track of a session.
struct Published {
  veche_controlled_track seen{};
  Publisher publisher;
};

/// One connected session, as listener and as publisher.
struct SessionState {
  uint64_t participant = 0;
  Listener listener;
  std::vector<Published> published;
};

struct RoomState {
  std::string name;
  Mode mode = Mode::Off;
  std::vector<uint64_t> sessions;  ///< In the order of the view.
  Tally tally;
};

/// [control] All of it. Allocates only when sessions, tracks and slots come.
class Rooms {
 public:
  void control(const RoomControl& room, const Policy& policy);
  void forget_session(uint64_t session) { sessions_.erase(session); }
  void forget_room(uint64_t room);

  const RoomState* find_room(std::string_view name) const;
  const SessionState* find_session(uint64_t session) const;
  const Tally& tally() const { return tally_; }
  const Counts& counts() const { return counts_; }
  /// The highest level of shedding that any listener has.
  uint8_t shedding() const;

 private:
  void meet(const RoomControl& room, RoomState& state);
  void meet_tracks(const RoomControl& room, const veche_controlled_session& session,
                   SessionState& state);
  void decide_listeners(const RoomControl& room, const Policy& policy, RoomState& state,
                        Tally& tally);
  void decide_tracks(const RoomControl& room, const Policy& policy, Tally& tally);
  void count(Budget::Change change);
  bool is_largest(const RoomState& room);
  void use_tally(RoomState& room, const Tally& tally);

  std::unordered_map<uint64_t, SessionState> sessions_;
  std::unordered_map<uint64_t, RoomState> rooms_;
  std::vector<SessionState*> states_;  ///< Of the room's sessions, during a call.
  Scratch scratch_;
  Tally tally_;
  Counts counts_;
  size_t largest_ = 0;  ///< Sessions of the largest room, as of sized_ns_.
  int64_t sized_ns_ = 0;
  int64_t now_ns_ = 0;
};

}  // namespace veche::adaptive
