// SPDX-License-Identifier: Apache-2.0
// A made-up room for a controller: sessions that come and go, with links, routes and tracks.
#pragma once

#include <veche/controller.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "room/controller.hpp"

namespace veche::tool {

/// As a newer host has it, whose elements are larger than the plugin knows.
template <class T>
struct LargerElement {
  static constexpr uint8_t kUntouched = 0xa5;

  T known{};
  std::array<uint8_t, 40> newer;

  LargerElement() { newer.fill(kUntouched); }
  bool is_whole() const {
    for (const uint8_t byte : newer) {
      if (byte != kUntouched) return false;
    }
    return true;
  }
};

/// One room over time. The same seed gives the same one.
class SyntheticControl {
 public:
  /// `kind`: of the tracks, VECHE_KIND_*; 0: of all kinds, unknown ones too.
  SyntheticControl(uint32_t seed, uint32_t kind) : random_(seed), kind_(kind) {}

  /// The next 100 ms. Sessions that end are forgotten first.
  void advance(room::Controller& controller);
  void ask(room::Controller& controller);
  /// The room closes.
  void end(room::Controller& controller);
  /// What the controller has overwritten; "" if nothing is.
  std::string find_fault() const;

 private:
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  float part() { return static_cast<float>(below(101)) / 100; }
  void add_session(uint64_t number);
  void add_tracks(uint64_t number, veche_controlled_session& session);
  void add_routes(veche_controlled_session& session);

  std::mt19937 random_;
  const uint32_t kind_;
  int64_t now_ns_ = 1'000'000'000;
  std::array<bool, 24> present_{};
  std::array<uint32_t, 24> lives_{};  ///< A session that comes back is another one.
  std::vector<LargerElement<veche_controlled_session>> sessions_;
  std::vector<LargerElement<veche_controlled_route>> routes_;
  std::vector<LargerElement<veche_controlled_track>> tracks_;
  // One more of each: a guard.
  std::vector<LargerElement<veche_session_decision>> session_decisions_;
  std::vector<LargerElement<veche_route_decision>> route_decisions_;
  std::vector<LargerElement<veche_track_decision>> track_decisions_;
};

}  // namespace veche::tool
