// SPDX-License-Identifier: Apache-2.0
// Finds in a session's statistics what belongs in its participant's trace. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "media/session.hpp"
#include "room/trace.hpp"

namespace veche::room {

class SessionWatch {
 public:
  static constexpr int64_t kEachNs = kNsPerS;
  /// Loss and refusals are reported for intervals of this length.
  static constexpr int64_t kIntervalNs = 5 * kNsPerS;
  /// Opus conceals a smaller part.
  static constexpr double kLossToTell = 0.05;
  static constexpr int64_t kPacketsToTell = 5;

  /// A track that goes on sending too much is reported this often.
  static constexpr int64_t kLimitedNs = 60 * kNsPerS;

  struct Finding {
    Trace::Kind kind;
    const char* type;
    int64_t at_ns;
    std::string data = "{}";
  };

  /// `offered_ns`: when the session was offered, on the monotonic clock.
  explicit SessionWatch(int64_t offered_ns)
      : offered_ns_(offered_ns), interval_began_ns_(offered_ns) {}

  /// True once every kEachNs: then look() wants statistics.
  bool is_due(int64_t now_ns);
  std::vector<Finding> look(const media::SessionStatistics& statistics, int64_t now_ns);

  struct LimitedTrack {
    size_t index;      ///< In the session's tracks.
    uint64_t packets;  ///< Dropped since the last report of this track.
  };
  /// Tracks that sent more than they may; each at most once every kLimitedNs.
  std::vector<LimitedTrack> look_for_limited(const media::SessionStatistics& statistics,
                                             int64_t now_ns);

 private:
  struct Told {
    uint64_t packets = 0;
    int64_t next_ns = 0;
  };
  void milestone(std::vector<Finding>& found, bool& is_told, const char* type,
                 double since_offer_ms, bool is_reached) const;
  void interval(std::vector<Finding>& found, const media::SessionStatistics& now, int64_t now_ns);

  const int64_t offered_ns_;
  int64_t next_ns_ = 0;
  int64_t interval_began_ns_;
  bool ice_told_ = false, in_told_ = false, out_told_ = false;
  std::string client_address_;
  std::vector<Told> told_limited_;   ///< By track.
  media::SessionStatistics before_;  ///< At the beginning of the interval.
};

}  // namespace veche::room
