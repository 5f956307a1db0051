// SPDX-License-Identifier: Apache-2.0
// The counters and histograms of a lane. [any] reads them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/counter.hpp"
#include "base/histogram.hpp"
#include "base/time.hpp"

namespace veche::media {

/// In ns, from 20 us to 1 s: the time of packets in the server.
inline constexpr std::array<int64_t, 15> kForwardBounds{
    20'000,     50'000,      100'000,     200'000,     500'000,
    1'000'000,  2'000'000,   5'000'000,   10'000'000,  20'000'000,
    50'000'000, 100'000'000, 200'000'000, 500'000'000, 1'000'000'000};
/// In ns, from 5 ms to 5 s: delays that people notice.
inline constexpr std::array<int64_t, 15> kNoticeBounds{
    5'000'000,   10'000'000,  20'000'000,    30'000'000,    50'000'000,
    70'000'000,  100'000'000, 150'000'000,   200'000'000,   300'000'000,
    500'000'000, 700'000'000, 1'000'000'000, 2'000'000'000, 5'000'000'000};

/// The maximum of the last 10 to 20 seconds. One writer, any readers.
class RecentPeak {
 public:
  /// [one thread at a time]
  void note(uint32_t value, int64_t now_ns) noexcept {
    if (now_ns - window_ns_ >= kWindowNs) {
      const bool follows = now_ns - window_ns_ < 2 * kWindowNs;
      before_.store(follows ? now_.load(std::memory_order_relaxed) : 0, std::memory_order_relaxed);
      now_.store(0, std::memory_order_relaxed);
      window_ns_ = now_ns;
    }
    if (value > now_.load(std::memory_order_relaxed)) now_.store(value, std::memory_order_relaxed);
  }
  /// [any]
  uint32_t value() const noexcept {
    return std::max(now_.load(std::memory_order_relaxed), before_.load(std::memory_order_relaxed));
  }

 private:
  static constexpr int64_t kWindowNs = 10 * kNsPerS;
  int64_t window_ns_ = 0;
  std::atomic<uint32_t> now_{0}, before_{0};
};

/// Speech on the room's tracks, in steps of the selection.
struct SpeechCounters {
  Counter ns;        ///< Time with voice.
  Counter decibels;  ///< Level above kVoiceLevel, added up once a step.
};

/// Only the lane writes histograms, peak and busy time; any thread may add to counters.
struct LaneCounters {
  Counter packets_in;             ///< Of tracks that fill slots here.
  Counter packets_out;            ///< Handed to a path.
  Counter redundant_bytes;        ///< Of these: with which the server repeats earlier packets.
  Counter inbox_full;             ///< Packets dropped because the inbox was full.
  Counter stale;                  ///< Packets dropped because they had waited too long.
  Counter policy_dropped;         ///< Packets that the packet policy dropped.
  Counter rewriter_dropped;       ///< Duplicates, and packets older than a switch.
  Counter path_refused;           ///< The path had no memory.
  Counter bad_selections;         ///< Slots that a selector filled with a forbidden track.
  Counter slot_switches;          ///< Slots that got another track.
  Counter busy_ns;                ///< Time in which the lane had work to do.
  SpeechCounters heard, unheard;  ///< Of tracks that fill a slot, and of tracks that fill none.
  RecentPeak inbox_depth;
  Histogram forward_ns{kForwardBounds};  ///< From a packet's arrival until its path has sent it.
  /// From the first packet of a talker's turn to the first packet of it for a listener.
  Histogram switch_ns{kNoticeBounds};
};

}  // namespace veche::media
