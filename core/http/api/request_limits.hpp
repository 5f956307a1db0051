// SPDX-License-Identifier: Apache-2.0
// The limits of requests: what each caller may ask for, how often, and what is counted.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/metric.hpp"
#include "http/protocol/message.hpp"
#include "http/protocol/rate_limit.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

enum class Limit {
  Offers = 0,     ///< For one participant, by any caller.
  Commands,       ///< Of one participant's client, on its WebSockets.
  Invitations,    ///< Of one API key.
  Reads,          ///< Of one API key.
  Changes,        ///< Of one API key: everything else.
  Participant,    ///< Of one participant with its join token, but for offers.
  Address,        ///< From one address without an API key.
  Announcements,  ///< To one room, with any key: each costs something for each of its clients.
};
inline constexpr size_t kLimits = 8;

/// `http.limits` of the configuration. The defaults are far above what honest callers do: an office
/// of 300 that joins within ten seconds, or a backend that relays 500 offers a second with one key.
struct RateLimits {
  Rate offers{5, 1};
  Rate commands{20, 5};
  Rate invitations{2000, 1000};
  Rate reads{2000, 1000};
  Rate changes{2000, 1000};
  Rate participant{60, 10};
  Rate address{5000, 1000};
  Rate announcements{10, 2};

  const Rate& of(Limit limit) const;
  friend bool operator==(const RateLimits&, const RateLimits&) = default;
};

/// [control] all of it.
class RequestLimits {
 public:
  /// Callers whose buckets are remembered, for each limit.
  static constexpr size_t kMostBuckets = 16'384;
  using Clock = int64_t (*)();

  explicit RequestLimits(const RateLimits& rates, Clock now_ns);
  /// From the next request on.
  void use(const RateLimits& rates) { rates_ = rates; }
  const Rate& rate(Limit limit) const { return rates_.of(limit); }

  /// Takes one token of `key`, and counts and logs a refusal.
  Allowance take(Limit limit, const std::string& key);
  void put_metrics(MetricSink& sink) const;

 private:
  struct Table {
    BucketTable buckets{kMostBuckets};
    uint64_t refused = 0;
  };
  RateLimits rates_;
  const Clock now_ns_;
  std::array<Table, kLimits> tables_;
};

/// As in the configuration, and in the RateLimit fields: "offers".
const char* to_string(Limit limit);

inline constexpr char kAnnouncePattern[] = "/v1/rooms/{room}/announce";

/// For a request with an API key.
Limit limit_of(const Route& route);
/// The participant of a path, across rooms.
std::string participant_key(const std::string& room, const std::string& participant);

/// "At most 5 offers at once and 1 a second for one participant; the next one in 1 s."
std::string refusal_text(Limit limit, const Rate& rate, const Allowance& allowance);
/// 429, with Retry-After.
Response too_many_requests(Limit limit, const Rate& rate, const Allowance& allowance);

}  // namespace veche::http
