// SPDX-License-Identifier: Apache-2.0
// A made-up room: candidates that talk, come and go, and listeners with slots.
#pragma once

#include <veche/selector.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "spaced.hpp"

namespace veche::tool {

struct RoomShape {
  uint32_t participants, slots;
  bool strange;  ///< Tracks and slots of an unknown kind, unknown flags, larger structs and
                 ///< elements.
};

/// One room, as a series of views. The same seed gives the same series.
class SyntheticRoom {
 public:
  SyntheticRoom(const RoomShape& shape, uint32_t seed);

  /// The next 20 ms. Allocates.
  void advance();
  const veche_room_view& view() const { return view_.known; }
  veche_selection& selection() { return selection_.known; }
  /// What is wrong with the selection; "" if nothing is. Legal slots are kept for the next view.
  std::string find_fault();

 private:
  /// A struct as a newer host would pass it.
  template <class T>
  struct Larger {
    T known;
    uint8_t newer[64];
  };

  void add_candidates();
  void add_listeners();
  void connect();
  std::string slot_fault(const veche_listener& listener, const veche_slot& slot) const;
  bool chance(uint32_t percent) { return random_() % 100 < percent; }

  const RoomShape shape_;
  std::mt19937 random_;
  int64_t now_ns_ = 1'000'000'000;
  std::vector<bool> present_;
  std::vector<veche_candidate> candidates_;
  std::vector<veche_listener> listeners_;
  std::vector<veche_preference> preferences_;
  std::vector<veche_slot> slots_;
  std::vector<std::vector<veche_slot>> filled_;  ///< By participant.
  // As the plugin gets them.
  Spaced<veche_candidate> seen_candidates_;
  Spaced<veche_listener> seen_listeners_;
  Spaced<veche_preference> seen_preferences_;
  Spaced<veche_slot> seen_slots_;
  std::vector<uint8_t> speaking_;
  Larger<veche_room_view> view_{};
  Larger<veche_selection> selection_{};
};

}  // namespace veche::tool
