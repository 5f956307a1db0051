// SPDX-License-Identifier: Apache-2.0
// A room in virtual time: people who talk and listen over links, decided ten times a second.
#pragma once

#include <veche/controller.h>
#include <veche/selector.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "adaptive/rooms.hpp"
#include "link_model.hpp"

namespace veche::adaptive::test {

/// One participant with one session and one track.
struct Person {
  LinkModel link;
  bool talks = false;
  bool is_able = true;  ///< To take redundancy.
  bool is_encrypted = false;
  bool is_hinted = true;  ///< Its client obeys hints.
  float lane_load = 0;
  float loss_in = 0;  ///< Of its own packets.
  uint32_t bitrate_bps = 32'000, packets_per_s = 50;
  veche_session_decision decided{};
  veche_track_decision asked{};
  std::vector<veche_route_decision> slots;  ///< From the talkers, the main one first.

  bool hears(size_t slot) const { return slots[slot].target == VECHE_TARGET_ALL; }
  uint32_t heard() const;  ///< How many slots get everything.
  uint32_t repeated(size_t slot) const {
    const uint32_t repeated = slots[slot].protection & VECHE_PROTECT_REDUNDANCY;
    return repeated == VECHE_PROTECT_AS_PUBLISHED ? 0 : repeated;
  }
};

/// Everybody hears all talkers but themselves; the first one is the main speaker.
class World {
 public:
  explicit World(size_t people, size_t talkers);

  /// 100 ms of this room's life.
  void step();
  void run_s(double seconds);
  /// The call of a step alone, about the newest view again.
  void decide();
  /// Runs until this holds, at most so many seconds; how long it took.
  template <class Holds>
  double run_until(double most_s, Holds&& holds) {
    const double began_s = now_s();
    while (!holds() && now_s() - began_s < most_s) step();
    return now_s() - began_s;
  }
  double now_s() const { return static_cast<double>(now_ns_) / 1e9; }

  Person& operator[](size_t index) { return people_[index]; }
  size_t size() const { return people_.size(); }
  Policy policy;
  Rooms rooms;
  bool obeys = true;  ///< Publishers do what they are asked.
  std::string name = "lobby";
  uint64_t room = 7;

 private:
  void make_view();
  void apply();
  /// With headers.
  static uint32_t price_of(const Person& person);

  std::deque<Person> people_;
  int64_t now_ns_ = 1'000'000'000;
  std::vector<veche_controlled_session> sessions_;
  std::vector<veche_controlled_route> routes_;
  std::vector<veche_controlled_track> tracks_;
  std::vector<veche_session_decision> session_decisions_;
  std::vector<veche_route_decision> route_decisions_;
  std::vector<veche_track_decision> track_decisions_;
};

constexpr uint32_t kNeutral = VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT;
/// What holds without a controller.
bool is_neutral(const Person& person);

}  // namespace veche::adaptive::test
