// SPDX-License-Identifier: Apache-2.0
// How much a link loses, and how much of that it loses at any rate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace veche::rtp {

/// Counts packets in slices of time. Parts are in 1/65536.
class LossFilter {
 public:
  explicit LossFilter(int64_t slice_us) noexcept : slice_us_(slice_us) {}

  void add_received(uint32_t packets, int64_t at_us) noexcept;
  void add_lost(uint32_t packets, int64_t at_us) noexcept;
  /// A packet that was lost has arrived.
  void recover(int64_t at_us) noexcept;
  /// A packet of the transport is lost; its number tells whether the one before it is too.
  void add_to_burst(uint16_t sequence) noexcept;

  /// Of all slices.
  uint32_t loss() const noexcept { return part(totals(kSlices)); }
  /// Of the newest two slices; 0 if these are too few packets.
  uint32_t latest() const noexcept { return part_of_enough(totals(2)); }
  /// Of the newest half of the slices, since restart_newest(); 0 if these are too few packets.
  uint32_t newest() const noexcept;
  bool has_newest() const noexcept;
  /// The lowest of the newest measurements that learn() made.
  uint32_t floor() const noexcept { return floor_; }
  /// The part of newest() that is above the floor.
  uint32_t excess() const noexcept { return newest() > floor_ ? newest() - floor_ : 0; }
  /// Mean number of packets lost in a row, in 1/16; 0: none was lost.
  uint32_t burst() const noexcept { return bursts_ == 0 ? 0 : burst_packets_ * 16 / bursts_; }

  /// Time passes: every second slice, newest() becomes a measurement of the floor. `may_rise` is
  /// false while more is sent than the link carries: then loss says nothing about the floor.
  void learn(int64_t now_us, bool may_rise) noexcept;
  /// What was counted before does not count for newest() any more.
  void restart_newest(int64_t now_us) noexcept { restart_us_ = now_us; }

  static constexpr uint32_t kPackets = 30;

 private:
  static constexpr size_t kSlices = 8;
  static constexpr size_t kMeasurements = 4;
  struct Slice {
    int64_t index = -1;
    uint32_t received = 0, lost = 0;
  };
  static uint32_t part(const Slice& slice) noexcept;
  static uint32_t part_of_enough(const Slice& slice) noexcept;
  Slice* slice_at(int64_t at_us) noexcept;
  Slice totals(size_t slices) const noexcept;

  int64_t slice_us_;
  std::array<Slice, kSlices> slices_{};
  int64_t newest_index_ = 0;
  int64_t restart_us_ = 0;
  int64_t learnt_index_ = 0;
  std::array<uint32_t, kMeasurements> measurements_{};
  size_t next_measurement_ = 0;
  uint32_t floor_ = 0;
  uint32_t burst_packets_ = 0, bursts_ = 0;
  uint16_t last_lost_ = 0;
};

}  // namespace veche::rtp
