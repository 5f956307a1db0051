// SPDX-License-Identifier: Apache-2.0
// How much a listener's packets are protected against loss.
#pragma once

#include <array>
#include <cstdint>

namespace veche::adaptive {

/// Packets before it that each packet repeats, and whether lost packets are sent again.
struct Protected {
  uint8_t repeated = 0;
  bool resends = true;

  friend bool operator==(const Protected&, const Protected&) = default;
};

/// Redundancy is on at once, and off after the reason for it has been gone for kOff. Lost packets
/// are sent again unless that would be too late, or one more packet for a queue.
class Protection {
 public:
  static constexpr uint8_t kMost = 2;
  static constexpr int64_t kOff = 15'000'000'000;
  /// A longer round trip ends retransmission, a shorter one begins it.
  static constexpr uint32_t kTooLateUs = 300'000, kInTimeUs = 200'000;

  struct Link {
    float loss = 0, floor = 0;   ///< 0 to 1, as in veche_controlled_session.
    uint32_t burst = 0;          ///< Packets lost in a row, in 1/16.
    uint32_t round_trip_us = 0;  ///< 0: not known.
    bool is_congested = false;   ///< Then only the floor is a reason to send more.
  };

  /// `on`: the loss that turns redundancy on; half of it keeps it on.
  Protected update(const Link& link, float on, int64_t now_ns);
  Protected wanted() const { return {repeated_, is_near_ && !is_congested_}; }
  bool is_near() const { return is_near_; }

 private:
  uint8_t repeated_ = 0;
  bool is_near_ = true;
  bool is_congested_ = false;
  std::array<int64_t, kMost + 1> needed_ns_{};  ///< When each level was needed last.
};

/// The part of the packets that stays lost, of a link that loses `loss` in bursts of this mean.
float left_after(float loss, uint32_t burst, uint8_t repeated);

}  // namespace veche::adaptive
