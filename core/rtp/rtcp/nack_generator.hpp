// SPDX-License-Identifier: Apache-2.0
// Decides which missing packets to request from a publisher, and when (generic NACK, RFC 4585
// section 6.2.1).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/time.hpp"

namespace veche::rtp {

/// The defaults are for audio: a packet older than max_age_ns has long been concealed.
struct NackSettings {
  int64_t reorder_ns = 10 * kNsPerMs;     ///< Requests packets missing for this long.
  int64_t min_repeat_ns = 20 * kNsPerMs;  ///< The shortest repeat interval, at any round trip.
  int64_t max_age_ns = 400 * kNsPerMs;    ///< Gives up packets missing for longer.
  uint8_t max_tries = 4;
};

/// One for each received SSRC. One thread.
class NackGenerator {
 public:
  explicit NackGenerator(NackSettings settings) noexcept : settings_(settings) {}

  /// A packet has arrived, perhaps again; its number is SequenceExtender's.
  void on_packet(uint32_t sequence, int64_t now_ns) noexcept;

  /// Writes the numbers to request now into `out`, in order, and returns their count. Repeats after
  /// `round_trip_ns`. Numbers that do not fit are left to the next call.
  size_t collect(int64_t now_ns, int64_t round_trip_ns, std::span<uint16_t> out) noexcept;

  size_t missing() const noexcept { return count_; }

  /// Beyond this many missing packets the oldest are given up; after a longer gap all are.
  static constexpr size_t kMaxMissing = 128;

 private:
  struct Missing {
    uint32_t sequence = 0;
    int64_t since_ns = 0;
    int64_t asked_ns = 0;
    uint8_t tries = 0;
  };
  void arrived(uint32_t sequence) noexcept;
  void add_missing(uint32_t first, size_t count, int64_t now_ns) noexcept;
  bool is_due(const Missing& missing, int64_t now_ns, int64_t repeat_ns) const noexcept;

  NackSettings settings_;
  bool started_ = false;
  uint32_t newest_ = 0;
  std::array<Missing, kMaxMissing> list_{};  ///< In order of the numbers.
  size_t count_ = 0;
};

}  // namespace veche::rtp
