// SPDX-License-Identifier: Apache-2.0
// How much each lane carries: what has been promised to it, and how busy it has been. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace veche::media {

/// [control]
class LaneLoads {
 public:
  /// From kHotPermille on a lane gets no new sessions while another is calmer, until it is below
  /// kCalmPermille.
  static constexpr uint32_t kHotPermille = 800, kCalmPermille = 700;

  /// The busy time of each lane since the start. To be called once a second.
  void note(std::span<const uint64_t> busy_ns, int64_t now_ns);

  // Counted at once, because what was chosen a moment ago is not busy yet.
  void add_session(uint32_t lane) { at(lane).sessions += 1; }
  void remove_session(uint32_t lane) { at(lane).sessions -= 1; }
  void add_room(uint32_t lane) { at(lane).rooms += 1; }
  void remove_room(uint32_t lane) { at(lane).rooms -= 1; }

  /// 0 to 1: its busy time, averaged over some seconds.
  float busy(uint32_t lane) const {
    return lane < lanes_.size() ? static_cast<float>(lanes_[lane].busy_permille) / 1000 : 0;
  }
  bool is_hot(uint32_t lane) const { return lane < lanes_.size() && lanes_[lane].is_hot; }
  /// The lane with the lowest load, of the first `count`, which is not 0.
  uint32_t calmest(uint32_t count) const;

 private:
  struct Load {
    uint32_t sessions = 0, rooms = 0;
    uint32_t busy_permille = 0;  ///< Averaged over some seconds.
    uint64_t busy_ns = 0;        ///< At the last note().
    bool is_hot = false;
  };
  Load& at(uint32_t lane);
  static uint32_t score(const Load& load);

  std::vector<Load> lanes_;
  int64_t noted_ns_ = 0;
};

}  // namespace veche::media
