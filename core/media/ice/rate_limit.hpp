// SPDX-License-Identifier: Apache-2.0
// Bounds what strangers can make the server compute: per source address and for all of them
// together.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "media/ice/address.hpp"

namespace veche::media {

/// One token each `interval_ns`, at most `burst` of them saved up.
struct TokenRate {
  int64_t interval_ns = 0, burst = 0;
};

/// A token bucket, full at first. It knows only the moment at which it is full again.
class TokenBucket {
 public:
  bool has_token(const TokenRate& rate, int64_t now_ns) const noexcept {
    return full_at_ns_ <= now_ns + (rate.burst - 1) * rate.interval_ns;
  }
  void take(const TokenRate& rate, int64_t now_ns) noexcept {
    full_at_ns_ = std::max(full_at_ns_, now_ns) + rate.interval_ns;
  }
  int64_t full_at_ns() const noexcept { return full_at_ns_; }

 private:
  int64_t full_at_ns_ = 0;
};

/// A table of fixed size. A source has a bucket of its own, found by a keyed hash; when all places
/// for that hash are taken, the table evicts the bucket that is nearest to full, because it
/// remembers least. Sources that are evicted too early are bounded by the bucket that all share.
/// Allocates only in its constructor. One thread.
class RateLimit {
 public:
  struct Rates {
    TokenRate source{.interval_ns = 100 * kNsPerMs, .burst = 20};
    TokenRate total{.interval_ns = kNsPerMs / 2, .burst = 1000};
  };

  explicit RateLimit(const HashKey& key) : RateLimit(key, Rates{}) {}
  RateLimit(const HashKey& key, const Rates& rates);

  /// False: this source, or all of them together, have used up their tokens. Takes no token.
  bool allows(const Address& source, int64_t now_ns) const noexcept;
  void charge(const Address& source, int64_t now_ns) noexcept;

  static constexpr size_t kWays = 4, kSets = 1024;

 private:
  struct Entry {
    uint64_t tag = 0;
    TokenBucket bucket;
  };
  using Set = std::array<Entry, kWays>;

  HashKey key_;
  Rates rates_;
  std::vector<Set> sets_;
  TokenBucket total_;
};

}  // namespace veche::media
