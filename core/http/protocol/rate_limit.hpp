// SPDX-License-Identifier: Apache-2.0
// Token buckets, one for each caller, and what they tell in the RateLimit fields. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>

namespace veche::http {

/// So many at once, and then so many a second.
struct Rate {
  uint32_t burst = 0;  ///< 0: no limit.
  uint32_t per_s = 1;

  friend bool operator==(const Rate&, const Rate&) = default;
};

/// What a bucket says to one request.
struct Allowance {
  bool is_granted = true;
  uint32_t remaining = 0;  ///< How many more would be granted now.
  int64_t wait_ns = 0;     ///< Until the next one is granted.
  int64_t full_ns = 0;     ///< Until the bucket is full again.
};

class TokenBucket {
 public:
  /// Takes one token, if there is one. The rate may differ from call to call.
  Allowance take(const Rate& rate, int64_t now_ns);
  bool is_full(int64_t now_ns) const { return full_at_ns_ <= now_ns; }

 private:
  int64_t full_at_ns_ = 0;
};

/// A bucket for each key, of which a full one need not be kept. When there are too many, the one
/// that was used least recently is forgotten: its caller has a full bucket again.
class BucketTable {
 public:
  explicit BucketTable(size_t most) : most_(most) {}
  Allowance take(const std::string& key, const Rate& rate, int64_t now_ns);
  size_t size() const { return buckets_.size(); }

 private:
  struct Entry {
    std::string key;
    TokenBucket bucket;
  };
  void forget_oldest();

  const size_t most_;
  std::list<Entry> buckets_;  ///< The most recently used first.
  std::map<std::string_view, std::list<Entry>::iterator> by_key_;
};

/// In whole seconds, rounded up: what Retry-After says.
int64_t seconds_up(int64_t ns);

/// The item of RateLimit-Policy: "offers";q=5;w=5 (draft-ietf-httpapi-ratelimit-headers-09, section
/// 2). The window is the time in which an empty bucket gets full.
std::string policy_item(std::string_view name, const Rate& rate);
/// The item of RateLimit: "offers";r=4;t=1 (section 3).
std::string limit_item(std::string_view name, const Allowance& allowance);

}  // namespace veche::http
