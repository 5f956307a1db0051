// SPDX-License-Identifier: Apache-2.0
// Counts values in buckets with fixed bounds. One writer, any readers, no lock.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace veche {

/// A snapshot of a histogram, or the sum of several.
struct HistogramReading {
  std::span<const int64_t> bounds;  ///< Inclusive upper bounds, ascending; static.
  std::vector<uint64_t> counts;     ///< For each bound, and for values above all.
  int64_t sum = 0;
};

class Histogram {
 public:
  static constexpr size_t kMaxBounds = 24;

  /// The bounds, at most kMaxBounds, are constants and outlive the histogram.
  explicit Histogram(std::span<const int64_t> bounds) noexcept
      : bounds_(bounds.first(std::min(bounds.size(), kMaxBounds))) {}

  /// [one thread at a time] Two plain stores, as there is only one writer. `times`: how often the
  /// value counts.
  void add(int64_t value, uint64_t times = 1) noexcept {
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    raise(counts_[static_cast<size_t>(bound - bounds_.begin())], times);
    raise(sum_, value * static_cast<int64_t>(times));
  }
  /// [any]
  uint64_t count() const noexcept {
    uint64_t count = 0;
    for (const auto& each : counts_) count += each.load(std::memory_order_relaxed);
    return count;
  }
  /// [any]
  HistogramReading read() const {
    HistogramReading reading{bounds_, std::vector<uint64_t>(bounds_.size() + 1), 0};
    add_to(reading);
    return reading;
  }
  /// [any] `reading` has the same bounds.
  void add_to(HistogramReading& reading) const noexcept {
    for (size_t i = 0; i < reading.counts.size(); ++i) {
      reading.counts[i] += counts_[i].load(std::memory_order_relaxed);
    }
    reading.sum += sum_.load(std::memory_order_relaxed);
  }

 private:
  template <class T>
  static void raise(std::atomic<T>& value, T amount) noexcept {
    value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  const std::span<const int64_t> bounds_;
  std::array<std::atomic<uint64_t>, kMaxBounds + 1> counts_{};
  std::atomic<int64_t> sum_{0};
};

}  // namespace veche
