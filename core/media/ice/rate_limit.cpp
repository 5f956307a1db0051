// SPDX-License-Identifier: Apache-2.0
// The set-associative table of token buckets.
#include "media/ice/rate_limit.hpp"

namespace veche::media {

RateLimit::RateLimit(const HashKey& key, const Rates& rates)
    : key_(key), rates_(rates), sets_(kSets) {}

bool RateLimit::allows(const Address& source, int64_t now_ns) const noexcept {
  if (!total_.has_token(rates_.total, now_ns)) return false;
  const uint64_t tag = source.hash(key_);
  for (const Entry& entry : sets_[tag % kSets]) {
    if (entry.tag == tag) return entry.bucket.has_token(rates_.source, now_ns);
  }
  return true;
}

void RateLimit::charge(const Address& source, int64_t now_ns) noexcept {
  total_.take(rates_.total, now_ns);
  const uint64_t tag = source.hash(key_);
  Set& set = sets_[tag % kSets];
  auto place =
      std::find_if(set.begin(), set.end(), [tag](const Entry& entry) { return entry.tag == tag; });
  if (place == set.end()) {
    place = std::min_element(set.begin(), set.end(), [](const Entry& a, const Entry& b) {
      return a.bucket.full_at_ns() < b.bucket.full_at_ns();
    });
    *place = Entry{.tag = tag, .bucket = {}};
  }
  place->bucket.take(rates_.source, now_ns);
}

}  // namespace veche::media
