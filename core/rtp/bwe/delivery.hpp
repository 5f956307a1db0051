// SPDX-License-Identifier: Apache-2.0
// Two ways to measure from feedback what a link carried: of all packets, and of a queue's.
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bwe/packet_result.hpp"

namespace veche::rtp {

/// Bits per second; 0 if no time passed. Never above 32 bits.
uint32_t rate_bps(uint64_t bytes, int64_t time_us) noexcept;
/// What must be sent for `bps` to arrive where the part `floor`, in 1/65536, is lost at any rate.
uint32_t before_loss(uint32_t bps, uint32_t floor) noexcept;

/// What the link carried of half a second's packets. A pause, and packets whose fate is unknown,
/// start it anew: how much was carried there is not known.
class CarriedRate {
 public:
  struct Measure {
    uint32_t delivered_bps = 0;  ///< Arrived; never more than was sent.
    uint32_t sent_bps = 0;       ///< With what was lost.
    uint32_t loss = 0;           ///< Part of the bytes, in 1/65536.
  };
  /// A result of any fate. Returns the measure that it completes.
  std::optional<Measure> add(const PacketResult& result) noexcept;
  void restart() noexcept { *this = {}; }

  static constexpr int64_t kSpanUs = 500'000;
  static constexpr int64_t kPauseUs = 150'000;
  static constexpr uint32_t kPackets = 8;

 private:
  uint32_t packets_ = 0;  ///< 0: the next packet is the first, which only starts the clocks.
  uint64_t delivered_ = 0, lost_ = 0;  ///< Bytes.
  int64_t first_sent_us_ = 0, last_sent_us_ = 0;
  int64_t first_arrival_us_ = 0, last_arrival_us_ = 0;
};

/// The rate of a bottleneck while a queue stands before it. Only times count in which it was
/// certainly at work: those between two arrivals of which the second packet was already waiting
/// when the first left. So neither pauses nor what others send make it look wrong.
class BusyRate {
 public:
  struct Measure {
    uint32_t bps = 0;           ///< What arrived.
    uint32_t sent_bps = 0;      ///< The rate at which the same packets were sent.
    bool was_exceeded = false;  ///< They were sent faster than they arrived,
    bool by_far = false;        ///< by a quarter or more.
  };
  /// A packet arrived that waited `queue_us`. One that did not wait starts it anew.
  void add(const PacketResult& result, int64_t queue_us) noexcept;
  /// The measure since the last one, if that is long enough: sooner where the rate was exceeded by
  /// far.
  std::optional<Measure> take() noexcept;

  static constexpr int64_t kSpanUs = 600'000;
  static constexpr int64_t kShortSpanUs = 200'000;
  static constexpr uint32_t kPackets = 8;
  /// By less the queue of others grows, too.
  static constexpr int64_t kExcessUs = 30'000;

 private:
  void restart() noexcept;

  bool has_last_ = false;
  int64_t last_sent_us_ = 0, last_arrival_us_ = 0;
  uint32_t packets_ = 0;
  uint64_t bytes_ = 0;
  int64_t busy_us_ = 0, sent_us_ = 0;
};

}  // namespace veche::rtp
