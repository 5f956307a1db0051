// SPDX-License-Identifier: Apache-2.0
// Counts durations in buckets that are about 1.6 % wide. One writer, any readers, no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace veche::load {

/// Milliseconds.
struct Distribution {
  size_t count = 0;
  double p50 = 0, p95 = 0, p99 = 0, max = 0;
  double mean = 0;  ///< Only of single values.
};

/// Of single values; exact.
Distribution distribution(std::vector<double> values_ms);

class Histogram {
 public:
  /// [one thread]
  void add(int64_t duration_ns) noexcept;

  /// [any] The sums must have kBuckets elements.
  void add_to(std::vector<uint64_t>& sums) const;
  /// [any] Exact.
  int64_t max_ns() const { return max_ns_.load(std::memory_order_relaxed); }

  static constexpr size_t kSubBuckets = 64;
  static constexpr size_t kBuckets = kSubBuckets * 32;

 private:
  std::array<std::atomic<uint32_t>, kBuckets> counts_{};
  std::atomic<int64_t> max_ns_{0};
};

/// Of all of them together. Only the maximum is exact.
Distribution merged(const std::vector<const Histogram*>& histograms);

}  // namespace veche::load
