// SPDX-License-Identifier: Apache-2.0
// Buckets of microseconds: exact up to 64, then 64 for each power of two.
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace veche::load {
namespace {

constexpr int kSubBits = 6;
static_assert(Histogram::kSubBuckets == 1u << kSubBits);

size_t bucket_of(uint64_t us) {
  if (us < Histogram::kSubBuckets) return us;
  const int shift = static_cast<int>(std::bit_width(us)) - kSubBits - 1;
  const size_t bucket = (static_cast<size_t>(shift) + 1) * Histogram::kSubBuckets +
                        ((us >> shift) - Histogram::kSubBuckets);
  return std::min(bucket, Histogram::kBuckets - 1);
}

/// The middle of the bucket, in microseconds.
double value_of(size_t bucket) {
  if (bucket < Histogram::kSubBuckets) return static_cast<double>(bucket) + 0.5;
  const auto shift = static_cast<int>(bucket / Histogram::kSubBuckets) - 1;
  const auto base = static_cast<double>(bucket % Histogram::kSubBuckets + Histogram::kSubBuckets);
  return std::ldexp(base + 0.5, shift);
}

double percentile_ms(const std::vector<uint64_t>& sums, uint64_t total, double fraction) {
  const auto wanted = static_cast<uint64_t>(std::ceil(fraction * static_cast<double>(total)));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < sums.size(); ++bucket) {
    seen += sums[bucket];
    if (seen != 0 && seen >= wanted) return value_of(bucket) / 1000;
  }
  return 0;
}

}  // namespace

void Histogram::add(int64_t duration_ns) noexcept {
  const int64_t duration = std::max<int64_t>(duration_ns, 0);
  auto& count = counts_[bucket_of(static_cast<uint64_t>(duration) / 1000)];
  // There is one writer, so the additions need not be atomic.
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (duration > max_ns()) max_ns_.store(duration, std::memory_order_relaxed);
}

void Histogram::add_to(std::vector<uint64_t>& sums) const {
  for (size_t i = 0; i < kBuckets; ++i) sums[i] += counts_[i].load(std::memory_order_relaxed);
}

Distribution distribution(std::vector<double> values_ms) {
  if (values_ms.empty()) return {};
  std::sort(values_ms.begin(), values_ms.end());
  const auto at = [&](double fraction) {
    const auto rank =
        static_cast<size_t>(std::ceil(fraction * static_cast<double>(values_ms.size())));
    return values_ms[std::clamp<size_t>(rank, 1, values_ms.size()) - 1];
  };
  return {.count = values_ms.size(),
          .p50 = at(0.5),
          .p95 = at(0.95),
          .p99 = at(0.99),
          .max = values_ms.back(),
          .mean = std::accumulate(values_ms.begin(), values_ms.end(), 0.0) /
                  static_cast<double>(values_ms.size())};
}

Distribution merged(const std::vector<const Histogram*>& histograms) {
  std::vector<uint64_t> sums(Histogram::kBuckets);
  Distribution result;
  for (const Histogram* histogram : histograms) {
    histogram->add_to(sums);
    result.max = std::max(result.max, static_cast<double>(histogram->max_ns()) / 1e6);
  }
  for (const uint64_t count : sums) result.count += count;
  result.p50 = percentile_ms(sums, result.count, 0.5);
  result.p95 = percentile_ms(sums, result.count, 0.95);
  result.p99 = percentile_ms(sums, result.count, 0.99);
  return result;
}

}  // namespace veche::load
