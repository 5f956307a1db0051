// SPDX-License-Identifier: Apache-2.0
// A bucket is one number: when it will be full again (the generic cell rate algorithm).
#include "http/protocol/rate_limit.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace veche::http {
namespace {

/// How many full buckets one request may clear away.
constexpr int kClearedAtOnce = 2;

}  // namespace

Allowance TokenBucket::take(const Rate& rate, int64_t now_ns) {
  if (rate.burst == 0) return {};
  const int64_t token_ns = kNsPerS / std::max(rate.per_s, 1u);
  const int64_t most_ns = token_ns * rate.burst;
  const int64_t missing_ns = std::clamp<int64_t>(full_at_ns_ - now_ns, 0, most_ns);
  Allowance allowance;
  allowance.is_granted = missing_ns + token_ns <= most_ns;
  const int64_t left_ns = missing_ns + (allowance.is_granted ? token_ns : 0);
  full_at_ns_ = now_ns + left_ns;
  allowance.remaining = static_cast<uint32_t>((most_ns - left_ns) / token_ns);
  allowance.wait_ns = std::max<int64_t>(0, left_ns + token_ns - most_ns);
  allowance.full_ns = left_ns;
  return allowance;
}

Allowance BucketTable::take(const std::string& key, const Rate& rate, int64_t now_ns) {
  if (rate.burst == 0) return {};
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return found->second->bucket.take(rate, now_ns);
  }
  for (int i = 0; i < kClearedAtOnce && !buckets_.empty(); ++i) {
    if (buckets_.back().bucket.is_full(now_ns)) forget_oldest();
  }
  if (buckets_.size() >= most_) forget_oldest();
  buckets_.push_front({key, {}});
  by_key_.emplace(buckets_.front().key, buckets_.begin());
  return buckets_.front().bucket.take(rate, now_ns);
}

void BucketTable::forget_oldest() {
  by_key_.erase(buckets_.back().key);
  buckets_.pop_back();
}

int64_t seconds_up(int64_t ns) { return (ns + kNsPerS - 1) / kNsPerS; }

std::string policy_item(std::string_view name, const Rate& rate) {
  const int64_t window_s = (int64_t{rate.burst} + rate.per_s - 1) / std::max(rate.per_s, 1u);
  return "\"" + std::string(name) + "\";q=" + std::to_string(rate.burst) +
         ";w=" + std::to_string(window_s);
}

std::string limit_item(std::string_view name, const Allowance& allowance) {
  return "\"" + std::string(name) + "\";r=" + std::to_string(allowance.remaining) +
         ";t=" + std::to_string(seconds_up(allowance.full_ns));
}

}  // namespace veche::http
