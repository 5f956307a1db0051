// SPDX-License-Identifier: Apache-2.0
// What an Estimator believes of the path to one client.
#pragma once

#include <cstdint>

namespace veche::rtp {

/// What an estimate comes from.
enum class LinkSource : uint8_t {
  Unknown = 0,
  Reports,   ///< Receiver reports: loss, jitter and round trip.
  Feedback,  ///< Transport-wide feedback: besides, when each packet arrived.
};

enum class LinkRegion : uint8_t {
  Clear = 1,
  Queueing,   ///< A queue stands, too short to be heard.
  Congested,  ///< A long queue stands, or more is lost than the link's floor.
};

/// Plain numbers; those of time are as of the last call of the Estimator.
struct LinkState {
  static constexpr uint32_t kOne = 65536;  ///< The unit of the parts below.

  LinkSource source = LinkSource::Unknown;
  LinkRegion region = LinkRegion::Clear;
  /// The last proof of capacity was a limit: more was sent then, and did not fit. Otherwise it is
  /// what the link has carried, and it may carry more.
  bool is_limit = false;
  uint32_t capacity_bps = 0;   ///< What the link has proven to carry, with all headers; 0: unknown.
  uint32_t used_bps = 0;       ///< Sent in the newest second, probes too.
  uint32_t queue_us = 0;       ///< Queueing delay above the lowest of 30 s.
  uint32_t jitter_us = 0;      ///< Of the time between packets (RFC 3550 section 6.4.1).
  uint32_t round_trip_us = 0;  ///< 0: unknown.
  uint32_t loss = 0;           ///< Part of the packets of the newest seconds, in 1/65536.
  uint32_t loss_floor = 0;     ///< The part of `loss` that is no congestion, likewise.
  uint32_t burst = 0;          ///< Mean number of packets lost in a row, in 1/16; 0: none was lost.

  friend bool operator==(const LinkState&, const LinkState&) = default;
};

}  // namespace veche::rtp
